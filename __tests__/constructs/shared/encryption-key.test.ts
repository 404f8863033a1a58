import { testKey, testRole } from "../../support/parts";
import { synthesizeConstruct } from "../../support/synthesized";

describe("an encryption key", () => {
  test("is rotated, and let into by the logs of this account only", () => {
    const stack = synthesizeConstruct((scope) => testKey(scope));
    const key = stack.resource("aws_kms_key");
    expect(key).toMatchObject({ enable_key_rotation: true, deletion_window_in_days: 7 });
    expect(
      stack.policy(key["policy"]).Statement.map(({ Principal, Condition }) => [Principal, Condition]),
    ).toEqual([
      [{ AWS: "arn:aws:iam::111122223333:root" }, undefined],
      [
        { Service: "logs.eu-west-1.amazonaws.com" },
        {
          ArnLike: {
            "kms:EncryptionContext:aws:logs:arn": "arn:aws:logs:eu-west-1:111122223333:log-group:*",
          },
        },
      ],
    ]);
  });

  test.each([
    ["grantDecrypt", ["kms:Decrypt"]],
    ["grantEncryptDecrypt", ["kms:Decrypt", "kms:GenerateDataKey"]],
  ] as const)("%s allows %j and nothing else", (grant, actions) => {
    const stack = synthesizeConstruct((scope) => testKey(scope)[grant](testRole(scope)));
    expect(
      stack.policy(stack.resource("aws_iam_role_policy")["policy"]).Statement.map(({ Action }) => Action),
    ).toEqual([actions]);
  });
});
