import Document
import VerneMQ

/// How brokers are named: `VerneMQ@` and a host, with `<pod>` in the place of the pod's name.
struct NodeNaming: Sendable, Hashable, CustomStringConvertible {
    let description: String

    private init(host: String) {
        description = "VerneMQ@" + host
    }

    private static let pod = "<pod>"

    /// The names that an injection gives.
    static func ours(_ set: StatefulSetView, domain: String) -> NodeNaming {
        NodeNaming(host: "\(pod).\(set.serviceName).\(namespace(of: set)).svc.\(domain)")
    }

    /// The names that the image's own discovery gives, nil where it is not turned on. It writes the node name last, so it
    /// wins over everything else.
    static func discovery(of broker: BrokerContainer, set: StatefulSetView) -> NodeNaming? {
        guard broker.variable(TokenMount.discoveryVariable) != nil else { return nil }
        func value(_ part: String, _ fallback: String) -> String {
            let text = resolve("DOCKER_VERNEMQ_KUBERNETES_\(part)", in: broker, set: set) ?? ""
            return text.isEmpty ? fallback : text
        }
        let subdomain = value("SUBDOMAIN", set.serviceName)
        let domain = value("CLUSTER_NAME", Settings.defaultClusterDomain)
        return NodeNaming(host: "\(pod).\(subdomain).\(value("NAMESPACE", namespace(of: set))).svc.\(domain)")
    }

    /// The names that brokers of a template without an injection have.
    static func before(_ broker: BrokerContainer, set: StatefulSetView) -> NodeNaming {
        if let discovery = discovery(of: broker, set: set) { return discovery }
        if let host = resolve(Contract.nodeNameVariable, in: broker, set: set) { return NodeNaming(host: host) }
        return NodeNaming(host: broker.environmentSources.isEmpty ? "<pod IP>" : "<as envFrom says, or the pod IP>")
    }

    private static func namespace(of set: StatefulSetView) -> String {
        set.namespace ?? "<namespace>"
    }

    /// The value of a variable with the pod's fields in angle brackets, nil if it is not set.
    private static func resolve(_ name: String, in broker: BrokerContainer, set: StatefulSetView, depth: Int = 0)
        -> String?
    {
        guard let variable = broker.variable(name) else { return nil }
        if let text = variable["value"]?.stringValue {
            guard depth < 8 else { return text }
            return KubeletExpansion.expand(text) { resolve($0, in: broker, set: set, depth: depth + 1) }
        }
        guard let source = variable["valueFrom"], !source.isNull else { return "" }
        switch source["fieldRef"]?["fieldPath"]?.stringValue {
        case "metadata.name": return pod
        case "metadata.namespace": return namespace(of: set)
        case "status.podIP": return "<pod IP>"
        case let field?: return "<\(field)>"
        case nil: return "<value of \(name)>"
        }
    }
}
