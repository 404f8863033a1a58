import { CreateServiceLinkedRoleCommand, GetRoleCommand, IAMClient } from "@aws-sdk/client-iam";
import { mockClient } from "aws-sdk-client-mock";
import { ensureServiceLinkedRoles } from "../../cli/service-linked-roles";

const iam = mockClient(IAMClient);
const client = new IAMClient({ region: "eu-west-1" });
const failure = (name: string, message = name) => Object.assign(new Error(message), { name });

beforeEach(() => iam.reset());

describe("service-linked roles", () => {
  test("are made where the account lacks them", async () => {
    iam
      .on(GetRoleCommand, { RoleName: "AWSServiceRoleForImageBuilder" })
      .rejects(failure("NoSuchEntityException"));
    iam.on(GetRoleCommand, { RoleName: "AWSServiceRoleForAutoScaling" }).resolves({});
    iam.on(CreateServiceLinkedRoleCommand).resolves({});
    expect(await ensureServiceLinkedRoles(client)).toEqual(["AWSServiceRoleForImageBuilder"]);
    expect(iam.commandCalls(CreateServiceLinkedRoleCommand).map(({ args }) => args[0].input)).toEqual([
      { AWSServiceName: "imagebuilder.amazonaws.com" },
    ]);
  });
  test("are left alone where it has them", async () => {
    iam.on(GetRoleCommand).resolves({});
    expect(await ensureServiceLinkedRoles(client)).toEqual([]);
    expect(iam.commandCalls(CreateServiceLinkedRoleCommand)).toHaveLength(0);
  });
  test.each([
    failure(
      "InvalidInputException",
      "Service role name AWSServiceRoleForAutoScaling has been taken in this account",
    ),
    failure("EntityAlreadyExistsException"),
  ])("may be made by somebody else in the meantime: $name", async (error) => {
    iam.on(GetRoleCommand).rejects(failure("NoSuchEntityException"));
    iam.on(CreateServiceLinkedRoleCommand).rejects(error);
    expect(await ensureServiceLinkedRoles(client)).toEqual([]);
  });
  test("fail with IAM's reason", async () => {
    iam.on(GetRoleCommand).rejects(failure("AccessDeniedException", "not authorized to perform iam:GetRole"));
    await expect(ensureServiceLinkedRoles(client)).rejects.toThrow("not authorized to perform iam:GetRole");
    iam.on(GetRoleCommand).rejects(failure("NoSuchEntityException"));
    iam.on(CreateServiceLinkedRoleCommand).rejects(failure("InvalidInputException", "unknown service"));
    await expect(ensureServiceLinkedRoles(client)).rejects.toThrow("unknown service");
  });
});
