import VerneMQ

/// The names of what is made for a resource. They are those of the Go operator where it makes the same thing: it prefixes
/// everything with `vernemq-`, and calls the governing Service `…-service`, which is part of every node name.
public struct WorkloadNames: Sendable, Hashable {
    /// The StatefulSet, and what bears its name: client Service, ServiceAccount and PodDisruptionBudget.
    public let statefulSet: String
    /// The governing, headless Service.
    public let governingService: String

    /// The names for a resource.
    public init(_ resource: ClusterResource) {
        statefulSet = "vernemq-" + resource.name
        governingService = statefulSet + "-service"
    }

    /// The longest name of a StatefulSet whose pods can carry the label `controller-revision-hash`, which is the name, a
    /// hyphen and a hash of at most ten characters: 63 less those eleven.
    static let longest = 52

    /// What is wrong with the name of a resource. Nothing is ever shortened, because short names collide.
    static func check(_ resource: ClusterResource) -> [Finding] {
        let name = WorkloadNames(resource).statefulSet
        let room = longest - (name.utf8.count - resource.name.utf8.count)
        guard DNSName.isLabel(name) else {
            return [
                Finding(
                    .error,
                    path: "metadata.name",
                    value: resource.name.shortened,
                    problem: "cannot be part of the name of a Service",
                    remedy:
                        "must be at most \(room) lower-case letters, digits and hyphens, ending with a letter or digit"
                )
            ]
        }
        guard name.utf8.count > longest else { return [] }
        return [
            Finding(
                .error,
                path: "metadata.name",
                value: resource.name.shortened,
                problem: "is too long: pods of the StatefulSet \"\(name)\" could not carry their revision's label",
                remedy: "must be at most \(room) characters"
            )
        ]
    }
}

/// The labels of what is made for a resource.
enum WorkloadLabels {
    static let name = "app.kubernetes.io/name"
    static let instance = "app.kubernetes.io/instance"
    static let managedBy = "app.kubernetes.io/managed-by"
    static let manager = "vernemq-operator"

    /// What tells the pods of a resource from all others. Immutable in a StatefulSet, so never to be changed here.
    static func selector(_ resource: ClusterResource) -> [(String, String)] {
        [(name, "vernemq"), (instance, resource.name)]
    }

    /// The labels of every object that is made for a resource.
    static func common(_ resource: ClusterResource) -> [(String, String)] {
        selector(resource) + [(managedBy, manager)]
    }

    /// The labels of the pods: those that the Go operator gives come as well, because Services and monitors that its users
    /// have made select by them.
    static func pod(_ resource: ClusterResource) -> [(String, String)] {
        common(resource) + [("app", "vernemq"), ("vernemq", resource.name)]
    }

    /// The selector in the form of `status.selector`.
    static func selectorText(_ labels: [(String, String)]) -> String {
        labels.map { "\($0)=\($1)" }.sorted().joined(separator: ",")
    }
}
