public import Document
import Kubernetes

/// Objects of one resource at one moment.
public struct ObjectList: Sendable {
    /// The objects, each with `apiVersion` and `kind`.
    public var items: [JSONValue]
    /// The version of the list, from which a watch goes on.
    public var resourceVersion: String
    /// What to ask with for the next page; nil at the end.
    public var continuation: String?
}

extension APIClient {
    /// Reads all objects, page by page; should the server lose the thread (410), from the beginning, and the next time in
    /// one piece.
    ///
    /// - Parameters:
    ///   - type: the resource.
    ///   - namespace: where; nil for everywhere.
    ///   - selector: which ones.
    ///   - pageSize: objects a page.
    public func list(
        _ type: ResourceType,
        in namespace: String? = nil,
        _ selector: Selector = .everything,
        pageSize: Int = 500
    ) async throws(APIError) -> ObjectList {
        var limit: Int? = max(1, pageSize)
        while true {
            do throws(APIError) {
                var all = try await listPage(type, in: namespace, selector, limit: limit)
                while let continuation = all.continuation {
                    let page = try await listPage(
                        type,
                        in: namespace,
                        selector,
                        limit: limit,
                        continuation: continuation
                    )
                    all.items += page.items
                    all.resourceVersion = page.resourceVersion
                    all.continuation = page.continuation
                }
                return all
            } catch {
                guard case .gone = error, limit != nil else { throw error }
                // Whatever compacts this quickly will do it again: no more pages.
                limit = nil
            }
        }
    }

    /// Reads one page.
    ///
    /// - Parameters:
    ///   - type: the resource.
    ///   - namespace: where; nil for everywhere.
    ///   - selector: which ones.
    ///   - limit: objects a page; nil for all.
    ///   - continuation: what the page before said; nil for the first.
    /// - Throws: `gone` when the server does not remember the continuation: begin anew.
    public func listPage(
        _ type: ResourceType,
        in namespace: String? = nil,
        _ selector: Selector = .everything,
        limit: Int? = nil,
        continuation: String? = nil
    ) async throws(APIError) -> ObjectList {
        var query = selector.query
        if let limit { query.append(("limit", String(limit))) }
        if let continuation { query.append(("continue", continuation)) }
        let answer = try await object(
            APIRequest(verb: .list, resource: type.plural, path: type.path(namespace: namespace), query: query)
        )
        // Go writes an empty list as null.
        guard let metadata = answer["metadata"], let version = metadata["resourceVersion"]?.stringValue,
            let items = answer["items"], let elements = items.isNull ? [] : items.arrayValue
        else { throw .malformed("a list needs metadata.resourceVersion and items") }
        let next = metadata["continue"]?.stringValue ?? ""
        return ObjectList(
            items: elements.map { type.complete($0) },
            resourceVersion: version,
            continuation: next.isEmpty ? nil : next
        )
    }
}

extension ResourceType {
    /// An item of a list with the `apiVersion` and `kind` that the server leaves out there.
    func complete(_ item: JSONValue) -> JSONValue {
        guard case .object(let members) = item, members["kind"] == nil || members["apiVersion"] == nil else {
            return item
        }
        var object: JSONObject = ["kind": .string(kind.kind), "apiVersion": .string(kind.apiVersion)]
        for (key, value) in members { object[key] = value }
        return .object(object)
    }
}
