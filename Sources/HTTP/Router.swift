/// A table from exact paths and methods to handlers.
///
/// There are no patterns and no parameters: the product's paths are few and fixed.
public struct Router: Sendable {
    private var routes: [String: [HTTPMethod: HTTPHandler]] = [:]

    /// A router that finds nothing.
    public init() {}

    /// Adds a handler; an earlier one for the same method and path is replaced. A handler for GET answers HEAD too.
    public mutating func add(_ method: HTTPMethod, _ path: String, _ handler: @escaping HTTPHandler) {
        routes[path, default: [:]][method] = handler
    }

    /// Adds all routes of another router.
    public mutating func add(_ other: Router) {
        for (path, methods) in other.routes {
            routes[path, default: [:]].merge(methods) { $1 }
        }
    }

    /// Answers by the handler that fits: 404 when the path is unknown, 405 with `Allow` when only the method is.
    public func respond(to request: HTTPRequest) async -> HTTPResponse {
        guard let methods = routes[request.path] else {
            return .text(.notFound, "there is nothing at \(request.path)\n")
        }
        if let handler = methods[request.method] ?? (request.method == .head ? methods[.get] : nil) {
            return await handler(request)
        }
        var allowed = Set(methods.keys)
        if allowed.contains(.get) { allowed.insert(.head) }
        let list = allowed.map(\.rawValue).sorted().joined(separator: ", ")
        var response = HTTPResponse.text(.methodNotAllowed, "\(request.path) takes \(list)\n")
        response.fields["Allow"] = list
        return response
    }

    /// The router as a handler.
    public var handler: HTTPHandler {
        { request in await respond(to: request) }
    }
}
