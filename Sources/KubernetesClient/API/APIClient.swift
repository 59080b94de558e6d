public import Document
public import HTTP
public import Logging
public import Telemetry
public import Transport

/// A client of one API server. Everything of it lives on one event loop: call it from tasks on that loop only.
///
/// ```swift
/// let client = try await loop.run { APIClient(configuration, on: loop, logger: logger) }
/// let set = try await client.get(.statefulSets, ObjectKey(namespace: "mqtt", name: "broker"))
/// ```
///
/// Requests wait for their turn (``ClientConfiguration/rate``), are sent over kept-alive connections, follow a
/// `Retry-After` of the server, and are sent again by themselves only where that does no harm. All errors are ``APIError``.
public final class APIClient: Sendable {
    /// How the client behaves.
    public let configuration: ClientConfiguration
    /// The loop that everything belongs to.
    public let loop: EventLoop
    private let core: LoopBound<RequestSender>
    private let cluster: ClusterConfiguration
    private let metrics: MetricRegistry
    private let logger: Logger

    /// Makes a client on the loop on whose thread this is called. Nothing is opened yet.
    ///
    /// - Parameters:
    ///   - cluster: where the API server is, and who we are.
    ///   - configuration: how to behave.
    ///   - loop: the loop to live on.
    ///   - metrics: where to count; nil counts for nobody.
    ///   - logger: what an operator must know is logged at warning.
    public init(
        _ cluster: ClusterConfiguration,
        _ configuration: ClientConfiguration = ClientConfiguration(),
        on loop: EventLoop,
        metrics: MetricRegistry? = nil,
        logger: Logger
    ) {
        self.configuration = configuration
        self.loop = loop
        let metrics = metrics ?? MetricRegistry()
        self.cluster = cluster
        self.metrics = metrics
        self.logger = logger
        let sender = RequestSender(cluster, configuration, on: loop, metrics: metrics, logger: logger)
        core = LoopBound(sender, on: loop)
    }

    /// A client of the same server with a connection and a rate of its own: for what must not wait behind anything else.
    func sibling() -> APIClient {
        var configuration = configuration
        configuration.maximumConnections = 1
        return APIClient(cluster, configuration, on: loop, metrics: metrics, logger: logger)
    }

    var sender: RequestSender { core.value }

    /// What opens connections, for protocols other than requests and watches.
    public var connector: ClusterConnector { core.value.connector }

    /// How many connections for requests there are; watches have their own.
    public var connectionCount: Int { core.value.connectionCount }

    /// Closes connections that no request uses, as at the end of the program.
    public func closeIdleConnections() { core.value.closeIdle() }

    // MARK: Reading

    /// Reads an object.
    public func get(
        _ type: ResourceType,
        _ key: ObjectKey,
        subresource: String? = nil
    ) async throws(APIError) -> JSONValue {
        let path = type.path(namespace: key.namespace, name: key.name, subresource: subresource)
        return try await object(APIRequest(verb: .get, resource: type.plural, path: path))
    }

    /// Reads an object; nil if there is none.
    public func find(_ type: ResourceType, _ key: ObjectKey) async throws(APIError) -> JSONValue? {
        do throws(APIError) {
            return try await get(type, key)
        } catch {
            if case .notFound = error { return nil }
            throw error
        }
    }

    // MARK: Writing

    /// Makes an object.
    ///
    /// - Parameters:
    ///   - type: its resource.
    ///   - object: the object, with name or generateName.
    ///   - namespace: where to; nil for the object's own `metadata.namespace`.
    ///   - isDryRun: whether nothing is to be stored in truth.
    /// - Returns: the object as it was stored.
    /// - Throws: `alreadyExists`, `invalid` and so on.
    @discardableResult
    public func create(
        _ type: ResourceType,
        _ object: JSONValue,
        in namespace: String? = nil,
        isDryRun: Bool = false
    ) async throws(APIError) -> JSONValue {
        let own = object["metadata"]?["namespace"]?.stringValue
        return try await self.object(
            APIRequest(
                verb: .create,
                resource: type.plural,
                path: type.path(namespace: namespace ?? own),
                query: query(isDryRun: isDryRun),
                body: object.serialized()
            )
        )
    }

    /// Replaces an object, or one of its subresources. With `metadata.resourceVersion` it is replaced only if it has not
    /// changed since (`conflict`).
    ///
    /// - Returns: the object as it was stored.
    @discardableResult
    public func replace(
        _ type: ResourceType,
        _ key: ObjectKey,
        with object: JSONValue,
        subresource: String? = nil,
        isDryRun: Bool = false
    ) async throws(APIError) -> JSONValue {
        try await self.object(
            APIRequest(
                verb: .update,
                resource: type.plural,
                path: type.path(namespace: key.namespace, name: key.name, subresource: subresource),
                query: query(isDryRun: isDryRun),
                body: object.serialized()
            )
        )
    }

    /// Changes an object, or one of its subresources (`status`, `scale`). Server-side apply makes the object if there is
    /// none.
    ///
    /// - Returns: the object as it was stored.
    @discardableResult
    public func patch(
        _ type: ResourceType,
        _ key: ObjectKey,
        _ patch: Patch,
        subresource: String? = nil,
        isDryRun: Bool = false
    ) async throws(APIError) -> JSONValue {
        var query = query(isDryRun: isDryRun)
        if case .apply(_, let manager, let force) = patch {
            query.removeAll { $0.0 == "fieldManager" }
            query.append(("fieldManager", manager))
            query.append(("force", force ? "true" : "false"))
        }
        return try await object(
            APIRequest(
                verb: patch.verb,
                resource: type.plural,
                path: type.path(namespace: key.namespace, name: key.name, subresource: subresource),
                query: query,
                contentType: patch.contentType,
                body: patch.body
            )
        )
    }

    /// Applies an object under this client's own field manager (``ClientConfiguration/fieldManager``).
    ///
    /// - Parameters:
    ///   - type: the resource.
    ///   - object: the fields to own: name, and namespace if the resource has one, `apiVersion` and `kind` among them.
    ///   - force: whether fields are taken from other managers; without it they are a conflict.
    ///   - subresource: `status`, or nil for the object itself.
    ///   - isDryRun: whether nothing is to be stored in truth.
    /// - Throws: `malformed` for an object without a name; what the server says.
    @discardableResult
    public func apply(
        _ type: ResourceType,
        _ object: JSONValue,
        force: Bool = false,
        subresource: String? = nil,
        isDryRun: Bool = false
    ) async throws(APIError) -> JSONValue {
        let metadata = object["metadata"]
        guard let name = metadata?["name"]?.stringValue, !name.isEmpty else {
            throw .malformed("an object that is applied needs metadata.name")
        }
        return try await patch(
            type,
            ObjectKey(namespace: metadata?["namespace"]?.stringValue, name: name),
            .apply(object, manager: configuration.fieldManager, force: force),
            subresource: subresource,
            isDryRun: isDryRun
        )
    }

    /// Deletes an object.
    ///
    /// - Returns: the object as it was, or what the server says about its deletion.
    /// - Throws: `notFound`; `conflict` when the conditions of the deletion do not hold.
    @discardableResult
    public func delete(
        _ type: ResourceType,
        _ key: ObjectKey,
        _ deletion: Deletion = Deletion()
    ) async throws(APIError) -> JSONValue {
        try await object(
            APIRequest(
                verb: .delete,
                resource: type.plural,
                path: type.path(namespace: key.namespace, name: key.name),
                body: deletion.body.serialized()
            )
        )
    }

    // MARK: Anything else

    /// Sends a request of the caller's own making: `/version`, `/readyz`, a log, a proxied path.
    ///
    /// - Parameters:
    ///   - verb: what is done; it also chooses the method, and whether it may be sent twice.
    ///   - path: path and query, percent-encoded.
    ///   - body: the content; none for reading.
    ///   - contentType: what the content is.
    ///   - deadline: how long it may take; nil for ``ClientConfiguration/requestTimeout``.
    public func raw(
        _ verb: APIVerb,
        _ path: String,
        body: [UInt8] = [],
        contentType: String = "application/json",
        until deadline: Deadline? = nil
    ) async throws(APIError) -> HTTPResponse {
        let request = APIRequest(verb: verb, resource: "raw", path: path, contentType: contentType, body: body)
        return try await sender.send(request, until: deadline)
    }

    func object(_ request: APIRequest, until deadline: Deadline? = nil) async throws(APIError) -> JSONValue {
        let response = try await sender.send(request, until: deadline)
        let value = try Self.parse(response.body, limit: configuration.answerLimit)
        guard case .object = value else { throw .malformed("the answer is no object") }
        return value
    }

    private func query(isDryRun: Bool) -> [(String, String)] {
        var query = [("fieldManager", configuration.fieldManager)]
        if isDryRun { query.append(("dryRun", "All")) }
        return query
    }

    static func parse(_ bytes: [UInt8], limit: Int) throws(APIError) -> JSONValue {
        do throws(JSONError) {
            return try JSONValue(parsing: bytes, limits: JSONLimits(bytes: limit))
        } catch {
            throw .malformed("the answer is no JSON: \(error.code.rawValue) at byte \(error.offset)")
        }
    }
}
