public import Document
public import Kubernetes

/// An object as the operator wants it: a server-side apply configuration with the fields that the operator owns and no
/// others.
public struct DesiredObject: Sendable, Hashable {
    /// What the object is for.
    public enum Role: String, Sendable, Hashable, CaseIterable {
        /// The account that the brokers run under.
        case serviceAccount
        /// What the hooks and the image's check at start may read.
        case permissions
        /// The settings that pods read at start.
        case bootConfiguration
        /// The Service that gives pods their names.
        case governingService
        /// The Service that clients connect to.
        case clientService
        /// How many brokers may be down at once for maintenance.
        case disruptionBudget
        /// The brokers.
        case statefulSet
    }

    /// What it is for.
    public let role: Role
    /// The body of the apply request.
    public var configuration: JSONValue

    /// Makes an object from its configuration.
    public init(_ role: Role, _ configuration: JSONValue) {
        self.role = role
        self.configuration = configuration
    }

    /// Its kind.
    public var kind: ResourceKind {
        ObjectView(configuration).kind ?? ResourceKind(group: "", version: "", kind: "")
    }
    /// Its name.
    public var name: String { ObjectView(configuration).name ?? "" }
    /// Its namespace, nil where the resource names none.
    public var namespace: String? { ObjectView(configuration).namespace }

    /// The field manager under which the operator applies.
    public static let fieldManager = "vernemq-operator"
}

/// What the API server offers and some releases do not.
public struct ServerCapabilities: Sendable, Hashable {
    /// Whether there is `policy/v1` (Kubernetes 1.21); before, PodDisruptionBudgets are `policy/v1beta1`.
    public var hasPolicyV1: Bool

    /// Makes a description.
    public init(hasPolicyV1: Bool = true) {
        self.hasPolicyV1 = hasPolicyV1
    }
}

extension JSONValue {
    /// The value, nil for a null. (Where a `JSONValue` is expected, `nil` is JSON's null: a trap in conditional expressions.)
    var unlessNull: JSONValue? {
        if isNull { return JSONValue?.none }
        return self
    }

    /// An object of strings, sorted by name so that the order in which they are found does not matter.
    static func strings(_ pairs: [(String, String)]) -> JSONValue {
        .members(pairs.sorted { $0.0 < $1.0 }.map { ($0, .string($1)) })
    }
}
