import Document
import HTTP

/// What is done to a resource, as RBAC and metrics name it.
public enum APIVerb: String, Sendable, Hashable, CaseIterable {
    /// Reads one object.
    case get
    /// Reads many.
    case list
    /// Reads changes.
    case watch
    /// Makes an object.
    case create
    /// Replaces an object.
    case update
    /// Changes an object by JSON or merge patch.
    case patch
    /// Changes an object by server-side apply.
    case apply
    /// Deletes an object.
    case delete

    var method: HTTPMethod {
        switch self {
        case .get, .list, .watch: .get
        case .create: .post
        case .update: .put
        case .patch, .apply: .patch
        case .delete: .delete
        }
    }

    /// Whether doing it twice comes to the same as doing it once, the answer included.
    var isRepeatable: Bool {
        switch self {
        case .get, .list, .watch, .apply: true
        case .create, .update, .patch, .delete: false
        }
    }
}

/// A request before it has a connection and an authorization.
struct APIRequest: Sendable {
    var verb: APIVerb
    /// For metrics: out of the set of resources that the program knows.
    var resource: String
    var path: String
    var query: [(String, String)] = []
    var contentType = "application/json"
    var body: [UInt8] = []

    /// Path and query.
    var target: String {
        guard !query.isEmpty else { return path }
        return path + "?" + query.map { "\($0)=\($1.percentEncoded)" }.joined(separator: "&")
    }
}
