public import Document

/// A change of an object, in one of the forms that the API server takes.
public enum Patch: Sendable, Hashable {
    /// RFC 6902.
    case json(JSONPatch)
    /// RFC 7396.
    case merge(JSONValue)
    /// Server-side apply: the fields that the manager owns from now on, `apiVersion` and `kind` among them. `force` takes
    /// fields from other managers; without it they are a conflict.
    case apply(JSONValue, manager: String, force: Bool)

    var contentType: String {
        switch self {
        case .json: "application/json-patch+json"
        case .merge: "application/merge-patch+json"
        case .apply: "application/apply-patch+yaml"  // JSON is YAML; the type with +json is newer than Kubernetes 1.20
        }
    }

    var body: [UInt8] {
        switch self {
        case .json(let patch): patch.jsonValue.serialized()
        case .merge(let value), .apply(let value, _, _): value.serialized()
        }
    }

    var verb: APIVerb {
        if case .apply = self { .apply } else { .patch }
    }
}

/// What happens to the objects that an object owns when it is deleted.
public enum Propagation: String, Sendable, Hashable, CaseIterable {
    /// They are deleted afterwards.
    case background = "Background"
    /// They are deleted first.
    case foreground = "Foreground"
    /// They stay.
    case orphan = "Orphan"
}

/// How an object is deleted.
public struct Deletion: Sendable, Hashable {
    /// Deletes only the object with this `metadata.uid`; another one of the same name is a conflict.
    public var uid: String?
    /// Deletes only this version of the object; another one is a conflict.
    public var resourceVersion: String?
    /// What happens to what it owns; nil for the server's default.
    public var propagation: Propagation?
    /// Seconds until it is gone; nil for the object's default.
    public var gracePeriodSeconds: Int64?
    /// Whether nothing is to happen in truth.
    public var isDryRun: Bool

    /// Describes a deletion.
    public init(
        uid: String? = nil,
        resourceVersion: String? = nil,
        propagation: Propagation? = nil,
        gracePeriodSeconds: Int64? = nil,
        isDryRun: Bool = false
    ) {
        self.uid = uid
        self.resourceVersion = resourceVersion
        self.propagation = propagation
        self.gracePeriodSeconds = gracePeriodSeconds
        self.isDryRun = isDryRun
    }

    var body: JSONValue {
        var options: JSONObject = ["apiVersion": "v1", "kind": "DeleteOptions"]
        var preconditions = JSONObject()
        if let uid { preconditions["uid"] = .string(uid) }
        if let resourceVersion { preconditions["resourceVersion"] = .string(resourceVersion) }
        if !preconditions.isEmpty { options["preconditions"] = .object(preconditions) }
        if let propagation { options["propagationPolicy"] = .string(propagation.rawValue) }
        if let gracePeriodSeconds { options["gracePeriodSeconds"] = .integer(gracePeriodSeconds) }
        if isDryRun { options["dryRun"] = ["All"] }
        return .object(options)
    }
}
