"""User names and passwords for git, which IAM makes for CodeCommit and ministack lacks.

https://docs.aws.amazon.com/codecommit/latest/userguide/setting-up-gc.html
"""

import secrets

from ministack.core.responses import AccountScopedDict, get_account_id
from ministack.services import iam

SERVICE = "codecommit.amazonaws.com"
MOST_FOR_A_USER = 2

_credentials = AccountScopedDict()


def find(user_name):
    """The owner and the password of a user name for git, or nothing where it is unknown or inactive."""
    for one in _credentials.values():
        if one["ServiceUserName"] == user_name and one["Status"] == "Active":
            account = get_account_id()
            return {
                "accountId": account,
                "arn": f"arn:aws:iam::{account}:user/{one['UserName']}",
                "password": one["ServicePassword"],
            }
    return None


def _create(params):
    user, service = iam._p(params, "UserName"), iam._p(params, "ServiceName")
    if user not in iam._users:
        return _no_such(f"The user with name {user} cannot be found.")
    if service != SERVICE:
        return iam._error(404, "NotSupportedService", f"No such service {service} is supported for Service Specific Credentials", ns="iam")
    own = [one for one in _credentials.values() if one["UserName"] == user]
    if len(own) >= MOST_FOR_A_USER:
        return iam._error(409, "LimitExceeded", f"Cannot exceed quota for ServiceSpecificCredentialsPerUser: {MOST_FOR_A_USER}", ns="iam")
    number = f"+{len(own)}" if own else ""
    one = {
        "CreateDate": iam._now(),
        "ServiceName": service,
        "ServiceUserName": f"{user}{number}-at-{get_account_id()}",
        "ServicePassword": _password(),
        "ServiceSpecificCredentialId": f"ACCA{secrets.token_hex(8).upper()}",
        "UserName": user,
        "Status": "Active",
    }
    _credentials[one["ServiceSpecificCredentialId"]] = one
    return _answer("Create", _element("ServiceSpecificCredential", one))


def _list(params):
    user = iam._p(params, "UserName")
    members = [
        _element("member", {name: value for name, value in one.items() if name != "ServicePassword"})
        for one in _credentials.values()
        if not user or one["UserName"] == user
    ]
    return _answer("List", f"<ServiceSpecificCredentials>{''.join(members)}</ServiceSpecificCredentials>", plural="s")


def _update(params):
    one = _credentials.get(iam._p(params, "ServiceSpecificCredentialId"))
    status = iam._p(params, "Status")
    if one is None:
        return _unknown(params)
    if status not in ("Active", "Inactive"):
        return iam._error(400, "ValidationError", f"Value '{status}' at 'status' failed to satisfy constraint: Member must satisfy enum value set: [Active, Inactive]", ns="iam")
    one["Status"] = status
    return _answer("Update")


def _reset(params):
    one = _credentials.get(iam._p(params, "ServiceSpecificCredentialId"))
    if one is None:
        return _unknown(params)
    one["ServicePassword"] = _password()
    return _answer("Reset", _element("ServiceSpecificCredential", one))


def _delete(params):
    if _credentials.pop(iam._p(params, "ServiceSpecificCredentialId"), None) is None:
        return _unknown(params)
    return _answer("Delete")


def _delete_user(params):
    user = iam._p(params, "UserName")
    if any(one["UserName"] == user for one in _credentials.values()):
        return iam._error(409, "DeleteConflict", "Cannot delete entity, must delete service specific credentials first.", ns="iam")
    return _delete_user_alone(params)


def _password():
    return secrets.token_urlsafe(32)


def _element(name, values):
    return f"<{name}>{''.join(f'<{key}>{value}</{key}>' for key, value in values.items())}</{name}>"


def _answer(verb, result="", plural=""):
    operation = f"{verb}ServiceSpecificCredential{plural}"
    return iam._xml(200, f"{operation}Response", result and f"<{operation}Result>{result}</{operation}Result>", ns="iam")


def _unknown(params):
    return _no_such(f"The credential with id {iam._p(params, 'ServiceSpecificCredentialId')} cannot be found.")


def _no_such(message):
    return iam._error(404, "NoSuchEntity", message, ns="iam")


_delete_user_alone = iam._IAM_HANDLERS["DeleteUser"]


def apply():
    iam._IAM_HANDLERS.update(
        {
            "CreateServiceSpecificCredential": _create,
            "ListServiceSpecificCredentials": _list,
            "UpdateServiceSpecificCredential": _update,
            "ResetServiceSpecificCredential": _reset,
            "DeleteServiceSpecificCredential": _delete,
            "DeleteUser": _delete_user,
        }
    )
