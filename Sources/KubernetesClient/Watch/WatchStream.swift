import HTTP
public import Transport

/// An open watch: a connection on which events come, one a line. Belongs to its loop's thread.
public final class WatchStream {
    private let client: HTTPClient
    private var lines: LineSplitter

    /// The longest event: an object is at most 3 MiB in the API server's store, and escapes make it longer.
    private static let eventLimit = 16 * 1024 * 1024

    init(_ client: HTTPClient) {
        self.client = client
        lines = LineSplitter(limit: Self.eventLimit)
    }

    /// The next event; nil when the server has ended the watch in good order, which it does when its time is up.
    ///
    /// - Throws: `interrupted` when the connection broke; an event of which only a part came is dropped with it.
    ///   `malformed` when what came is no event.
    public func next(until deadline: Deadline) async throws(APIError) -> WatchEvent? {
        while true {
            let line: [UInt8]?
            do throws(LineSplitter.LineTooLong) { line = try lines.next() } catch {
                close()
                throw .malformed("a watch event is longer than \(Self.eventLimit) bytes")
            }
            if let line { return try WatchEvent(parsing: line) }
            do throws(HTTPClientError) {
                guard let part = try await client.readBody(until: deadline) else {
                    if lines.hasPartialLine { throw HTTPClientError.transport(.truncated) }
                    return nil
                }
                lines.append(part)
            } catch {
                throw RequestSender.apiError(error)
            }
        }
    }

    /// Ends the watch.
    public func close() {
        client.close()
    }
}

extension APIClient {
    /// Opens a watch.
    ///
    /// - Parameters:
    ///   - type: the resource.
    ///   - namespace: where; nil for everywhere.
    ///   - selector: which objects.
    ///   - resourceVersion: from where on, as a list or an event said.
    ///   - timeout: when the server is to end it.
    /// - Throws: `gone` when the version is too old; what else the server says.
    public func watch(
        _ type: ResourceType,
        in namespace: String? = nil,
        _ selector: Selector = .everything,
        from resourceVersion: String,
        timeout: Duration
    ) async throws(APIError) -> WatchStream {
        var query = selector.query
        query += [
            ("watch", "true"), ("allowWatchBookmarks", "true"), ("resourceVersion", resourceVersion),
            ("timeoutSeconds", String(max(1, timeout.components.seconds))),
        ]
        let request = APIRequest(
            verb: .watch,
            resource: type.plural,
            path: type.path(namespace: namespace),
            query: query
        )
        let client = try await sender.open(request, until: .after(configuration.requestTimeout))
        return WatchStream(client)
    }
}
