"""Scans policies with cloudsplaining: JSON of {name: {"kind": …, "policy": …}} in, JSON of {name: {finding: details}} out.

Conditions are no excuse: a risky action on every resource is a finding also with one.
"""

import json
import logging
import sys

from cloudsplaining.scan.assume_role_policy_document import AssumeRolePolicyDocument
from cloudsplaining.scan.policy_document import PolicyDocument
from cloudsplaining.scan.resource_policy_document import ResourcePolicyDocument


def of_role(policy):
    document = PolicyDocument(policy, flag_conditional_statements=True)
    return {
        "PrivilegeEscalation": document.allows_privilege_escalation,
        "ResourceExposure": document.permissions_management_without_constraints,
        "DataExfiltration": document.allows_data_exfiltration_actions,
        "CredentialsExposure": document.credentials_exposure,
        "InfrastructureModification": document.infrastructure_modification,
        "ServiceWildcard": document.service_wildcard,
        "NotAction": document.contains_statement_using_not_action,
    }


def of_trust(policy):
    document = AssumeRolePolicyDocument(policy)
    return {
        "AssumableByAnyone": document.role_assumable_by_any_principal,
        "AssumableByAnyoneWithConditions": document.role_assumable_by_any_principal_with_conditions,
        "InternetAccessible": document.internet_accessible_actions,
    }


def of_resource(policy):
    return {"InternetAccessible": ResourcePolicyDocument(policy).internet_accessible_actions}


KINDS = {"role": of_role, "trust": of_trust, "resource": of_resource}

logging.disable(logging.CRITICAL)
found = {}
for name, entry in json.load(sys.stdin).items():
    findings = {kind: details for kind, details in KINDS[entry["kind"]](entry["policy"]).items() if details}
    if findings:
        found[name] = findings
json.dump(found, sys.stdout)
