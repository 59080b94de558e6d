import Document
import Foundation
import Testing

extension Controllers {
    /// The chart's rights: that they suffice is judged at the end of the whole suite (``ControllerBed``).
    @Suite("Rights")
    struct RightsTests {
        /// One verb on one resource, in all namespaces or in that of the operator.
        struct Right: Hashable, CustomStringConvertible {
            var group: String
            var resource: String
            var verb: String
            var names: [String] = []

            var description: String {
                "\(verb) \(resource)\(group.isEmpty ? "" : "." + group)\(names.isEmpty ? "" : " \(names)")"
            }
        }

        /// Rights that this test does not see used, each with what it is for.
        static let unseen: [String: String] = [
            "update vernemqs/finalizers.vmq.k8s.vernemq.com":
                "OwnerReferencesPermissionEnforcement asks for it; it is off here",
            "create leases.coordination.k8s.io": "the chart makes the Lease: only when somebody has deleted it",
            "get pods": "the brokers' Roles hold it, and nobody may grant what he does not have; exec asks for it",
            "get namespaces": "the same, and before acting on members (MembershipControllerTests)",
            "patch events": "an event that comes again counts on",
            "list persistentvolumeclaims": "before acting on members (MembershipControllerTests)",
        ]

        @Test("each right that the chart grants is used")
        func used() async throws {
            let bed = try ControllerBed.current
            let kubectl = try await bed.namespace("rights")
            try await kubectl("apply", "-f", "-", input: WorkloadControllerTests.sample())
            // One with an account of its own, and a set that names a ConfigMap which nobody has labelled.
            let other = WorkloadControllerTests.sample().replacing("name: k8s,", with: "name: other,")
                .replacing("  serviceAccountName: default\n", with: "")
            try await kubectl("apply", "-f", "-", input: other)
            let annotations = ["vmq.k8s.vernemq.com/config: settings"]
            try await kubectl("apply", "-f", "-", input: Manifest.statefulSet(labelled: true, annotations: annotations))
            try await WorkloadControllerTests.awaitObjects(kubectl)
            let granted = try await Self.granted(bed.plane.kubectl)
            #expect(granted.count > 30, "\(granted)")
            var unused: [String] = []
            do {
                try await eventually("every right is used", within: .seconds(60)) {
                    let requests = try bed.audit.requests(of: Self.account)
                    unused = granted.filter { right in !requests.contains { Self.uses($0, right) } }
                        .map(\.description).filter { Self.unseen[$0] == nil }.sorted()
                    return unused.isEmpty ? true : nil
                }
            } catch is NeverHappened {
                Issue.record("granted and not used: \(unused)")
            }
            let requests = try bed.audit.requests(of: Self.account)
            // Whether commands may be run is found out by trying; here exec.namespaces names no namespace.
            #expect(requests.filter { $0.status == 403 && $0.resource != "pods/exec" } == [])
        }

        static let account = "system:serviceaccount:\(ControllerBed.namespace):\(ControllerBed.release)"

        /// A server-side apply that makes an object needs the right to create it as well, and is one request.
        static func uses(_ request: AuditLog.Request, _ right: Right) -> Bool {
            guard request.group == right.group, request.resource == right.resource else { return false }
            guard right.names.isEmpty || right.names.contains(request.name) else { return false }
            return request.verb == right.verb
                || right.verb == "create" && request.verb == "patch" && request.status == 201
        }

        /// What the roles of the release say that are bound to the operator.
        static func granted(_ kubectl: Kubectl) async throws -> Set<Right> {
            var rights: Set<Right> = []
            for path in ["clusterroles", "namespaces/\(ControllerBed.namespace)/roles"] {
                let roles =
                    try await kubectl.raw("/apis/rbac.authorization.k8s.io/v1/\(path)")["items"]?.arrayValue ?? []
                for role in roles {
                    let labels = role["metadata"]?["labels"]
                    let isForPeople = labels?.objectValue?.contains { $0.key.hasPrefix("rbac.authorization.k8s.io/") }
                    guard labels?["app.kubernetes.io/instance"]?.stringValue == ControllerBed.release,
                        isForPeople != true
                    else { continue }
                    for rule in role["rules"]?.arrayValue ?? [] { rights.formUnion(expand(rule)) }
                }
            }
            return rights
        }

        private static func expand(_ rule: JSONValue) -> Set<Right> {
            func texts(_ name: String) -> [String] { (rule[name]?.arrayValue ?? []).compactMap(\.stringValue) }
            var rights: Set<Right> = []
            for group in texts("apiGroups") {
                for resource in texts("resources") {
                    for verb in texts("verbs") {
                        rights.insert(
                            Right(group: group, resource: resource, verb: verb, names: texts("resourceNames"))
                        )
                    }
                }
            }
            return rights
        }
    }
}
