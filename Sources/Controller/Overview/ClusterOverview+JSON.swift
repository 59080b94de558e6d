public import Document

extension ClusterOverview {
    /// The overview as one document. What is not known is absent.
    public var json: JSONValue {
        .members([
            ("namespace", .string(namespace)),
            ("statefulSet", .string(statefulSet)),
            ("resource", resource.map(JSONValue.string)),
            ("replicas", .integer(Int64(replicas))),
            ("readyReplicas", .integer(Int64(ready))),
            ("configured", .bool(isConfigured)),
            ("configurationDigest", configurationDigest.map(JSONValue.string)),
            ("brokers", .array(brokers.map(\.json))),
            ("remarks", .array(remarks.map { ["reason": .string($0.reason), "message": .string($0.message)] })),
            ("notes", .array(notes.map(JSONValue.string))),
        ])
    }
}

extension BrokerOverview {
    fileprivate var json: JSONValue {
        let members = sees?.sorted { $0.key < $1.key }
            .map { name, isRunning -> JSONValue in ["node": .string(name), "running": .bool(isRunning)] }
        let listeners = listeners?.map { listener -> JSONValue in
            [
                "type": .string(listener.type), "address": .string(listener.address),
                "status": .string(listener.status),
            ]
        }
        func strings(_ values: [String]?) -> JSONValue? { values.map { .array($0.map(JSONValue.string)) } }
        return .members([
            ("pod", .string(pod)),
            ("node", .string(node)),
            ("host", host.map(JSONValue.string)),
            ("ready", .bool(isReady)),
            ("membership", .string(membership)),
            ("seesCount", seesCount.map { .integer(Int64($0)) }),
            ("sees", members.map(JSONValue.array)),
            ("listedByCount", listedByCount.map { .integer(Int64($0)) }),
            ("listedBy", strings(listedBy)),
            ("version", version.map(JSONValue.string)),
            ("configurationDigest", configurationDigest.map(JSONValue.string)),
            ("drift", hasDrifted.map(JSONValue.bool)),
            ("differences", strings(differences)),
            ("restartRequired", strings(restartRequired)),
            ("listeners", listeners.map(JSONValue.array)),
            ("plugins", strings(plugins)),
            ("message", message.map(JSONValue.string)),
        ])
    }
}
