import Document
import Injection
import Kubernetes

/// Looks at Role and RoleBinding, without which brokers never leave the cluster, and the official image ends at its start
/// where the default token is mounted.
enum PermissionAudit {
    static func examine(
        _ set: AuditedSet,
        _ surroundings: InjectionSurroundings,
        _ assessment: inout InjectionAssessment
    ) {
        let owner = OwnerReference.of(set.object)
        let wanted = CompanionPlan.objects(for: set.object, owner: owner, labels: [], boot: nil)
        // Of a set that a resource has made, the resource keeps them.
        let isKept = OwnerReference.controllerUID(of: set.object) == nil
        var missing: [String] = []
        for object in wanted {
            let stored = object.kind.kind == "Role" ? surroundings.roles : surroundings.roleBindings
            guard let found = stored.first(where: { ObjectView($0).name == object.name }) else {
                missing.append("\(object.kind.kind) \(object.name)")
                if isKept { assessment.objects.append(object) }
                continue
            }
            guard !gives(found, object.configuration) else { continue }
            if isKept, OwnerReference.controllerUID(of: found) == set.view.uid, sameRole(found, object.configuration) {
                assessment.objects.append(object)
            } else {
                assessment.concerns.append(insufficient(object))
            }
        }
        if !missing.isEmpty { assessment.concerns.append(Self.missing(missing, set: set, isKept: isKept)) }
        if let concern = token(set) { assessment.concerns.append(concern) }
    }

    /// Whether a Role or binding gives what ours would give.
    private static func gives(_ found: JSONValue, _ wanted: JSONValue) -> Bool {
        if let rules = wanted["rules"]?.arrayValue {
            let present = found["rules"]?.arrayValue ?? []
            return rules.allSatisfy { rule in present.contains { covers($0, rule) } }
        }
        let subjects = wanted["subjects"]?.arrayValue ?? []
        let present = found["subjects"]?.arrayValue ?? []
        return sameRole(found, wanted) && subjects.allSatisfy { subject in present.contains { includes($0, subject) } }
    }

    private static func covers(_ rule: JSONValue, _ wanted: JSONValue) -> Bool {
        let covered = ["apiGroups", "resources", "verbs"].allSatisfy { field in
            let present = rule[field]?.arrayValue ?? []
            return present.contains("*") || (wanted[field]?.arrayValue ?? []).allSatisfy(present.contains)
        }
        guard covered, let names = rule["resourceNames"]?.arrayValue, !names.isEmpty else { return covered }
        let wantedNames = wanted["resourceNames"]?.arrayValue ?? []
        return !wantedNames.isEmpty && wantedNames.allSatisfy(names.contains)
    }

    private static func includes(_ subject: JSONValue, _ wanted: JSONValue) -> Bool {
        ["kind", "name", "namespace"].allSatisfy { subject[$0] == wanted[$0] }
    }

    /// A binding's role cannot be changed; a Role has none.
    private static func sameRole(_ found: JSONValue, _ wanted: JSONValue) -> Bool {
        ["kind", "name"].allSatisfy { found["roleRef"]?[$0] == wanted["roleRef"]?[$0] }
    }

    private static func insufficient(_ object: DesiredObject) -> Concern {
        let kind = object.kind.kind
        return Concern(
            .permissionsInsufficient,
            "The \(kind) \(object.name) does not give the pods what their hooks need, so brokers never leave the cluster.",
            remedy: "delete it, and the operator makes it anew; or add what vernemq-operator inject prints for this set"
        )
    }

    private static func missing(_ names: [String], set: AuditedSet, isKept: Bool) -> Concern {
        let mounts = set.pod["automountServiceAccountToken"]?.boolValue != false
        let list = names.joined(separator: " and ")
        return Concern(
            .permissionsMissing,
            mounts
                ? "Without \(list) brokers never leave the cluster, and the official image ends at its start."
                : "Without \(list) brokers never leave the cluster.",
            remedy: isKept ? "the operator makes what is missing" : "the operator makes it for the resource"
        )
    }

    private static func token(_ set: AuditedSet) -> Concern? {
        let variable = "DOCKER_VERNEMQ_DISCOVERY_KUBERNETES"
        let environment = set.injection.broker?["env"]?.arrayValue ?? []
        guard set.pod["automountServiceAccountToken"]?.boolValue == false,
            environment.contains(where: { $0["name"]?.stringValue == variable })
        else { return nil }
        return Concern(
            .tokenNotMounted,
            "\(variable) turns on the image's own discovery, which has no token because automountServiceAccountToken is false.",
            remedy: "remove the variable: the operator joins"
        )
    }
}
