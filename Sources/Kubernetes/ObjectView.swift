public import Document

/// Reads what all Kubernetes objects have in common, without copying or judging the rest.
///
/// Every accessor is total: an object whose metadata is missing or of a wrong type reads as if it were empty.
public struct ObjectView: Sendable {
    /// The object that is read.
    public let object: JSONValue

    /// Looks at an object.
    public init(_ object: JSONValue) {
        self.object = object
    }

    /// `apiVersion` and `kind`; nil unless both are non-empty strings.
    public var kind: ResourceKind? {
        guard let apiVersion = object["apiVersion"]?.stringValue, !apiVersion.isEmpty,
            let kind = object["kind"]?.stringValue, !kind.isEmpty
        else { return nil }
        return ResourceKind(apiVersion: apiVersion, kind: kind)
    }

    /// `metadata`, if it is an object.
    public var metadata: JSONObject? { object["metadata"]?.objectValue }

    /// `metadata.name`.
    public var name: String? { metadata?["name"]?.stringValue }

    /// `metadata.generateName`.
    public var generateName: String? { metadata?["generateName"]?.stringValue }

    /// `metadata.namespace`.
    public var namespace: String? { metadata?["namespace"]?.stringValue }

    /// `metadata.uid`.
    public var uid: String? { metadata?["uid"]?.stringValue }

    /// `metadata.resourceVersion`: opaque, to be compared for equality only.
    public var resourceVersion: String? { metadata?["resourceVersion"]?.stringValue }

    /// `metadata.labels`.
    public var labels: JSONObject? { metadata?["labels"]?.objectValue }

    /// `metadata.annotations`.
    public var annotations: JSONObject? { metadata?["annotations"]?.objectValue }

    /// The value of one label.
    public func label(_ name: String) -> String? { labels?[name]?.stringValue }

    /// The value of one annotation.
    public func annotation(_ name: String) -> String? { annotations?[name]?.stringValue }

    /// Whether `metadata.deletionTimestamp` is set: the object is on its way out and only its finalizers hold it.
    public var isBeingDeleted: Bool {
        guard let timestamp = metadata?["deletionTimestamp"] else { return false }
        return !timestamp.isNull
    }

    /// `namespace/name`, or the name alone, or what generates it, for messages and logs; never empty.
    public var displayName: String {
        let own = name ?? generateName.map { "\($0)…" } ?? "(unnamed)"
        guard let namespace, !namespace.isEmpty else { return own }
        return "\(namespace)/\(own)"
    }
}
