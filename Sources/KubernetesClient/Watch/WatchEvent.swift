public import Document

/// One event of a watch (`metav1.WatchEvent`).
public enum WatchEvent: Sendable, Hashable {
    /// The object has come into being, or into the selection.
    case added(JSONValue)
    /// The object has changed.
    case modified(JSONValue)
    /// The object is gone, or out of the selection; its last state.
    case deleted(JSONValue)
    /// Everything up to this version has been sent.
    case bookmark(resourceVersion: String)
    /// The watch has failed and ends; 410 means that the version is too old.
    case error(ServerStatus)

    /// Reads a line of a watch.
    ///
    /// - Throws: `malformed`.
    init(parsing line: [UInt8]) throws(APIError) {
        let event = try APIClient.parse(line, limit: line.count)
        guard let type = event["type"]?.stringValue, let object = event["object"] else {
            throw .malformed("a watch event needs type and object")
        }
        switch type {
        case "ADDED": self = .added(object)
        case "MODIFIED": self = .modified(object)
        case "DELETED": self = .deleted(object)
        case "BOOKMARK":
            guard let version = object["metadata"]?["resourceVersion"]?.stringValue else {
                throw .malformed("a bookmark needs metadata.resourceVersion")
            }
            self = .bookmark(resourceVersion: version)
        case "ERROR": self = .error(ServerStatus(object, code: 0, text: "the watch has failed"))
        default: throw .malformed("a watch event has a type that is none of the API's")
        }
    }
}
