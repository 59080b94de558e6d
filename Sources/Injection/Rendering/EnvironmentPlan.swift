import Document
import VerneMQ

/// Makes the environment variables that are injected.
enum EnvironmentPlan {
    /// The variables that scripts read in every container of ours and in the broker's.
    ///
    /// Order matters: a `$(X)` in a value is replaced only by a variable that stands before it.
    static func common(for set: StatefulSetView, broker: BrokerContainer, settings: Settings) -> [JSONValue] {
        let storage = Storage(of: broker, in: set.template, claimNames: set.claimNames)
        let port = ListenerEnvironment.http(in: broker.environment).port
        return [
            field("VMQ_OPERATOR_POD_NAME", "metadata.name"),
            field("VMQ_OPERATOR_NAMESPACE", "metadata.namespace"),
            field("VMQ_OPERATOR_POD_UID", "metadata.uid"),
            field("VMQ_OPERATOR_POD_IP", "status.podIP"),
            text("VMQ_OPERATOR_SERVICE", set.serviceName),
            text("VMQ_OPERATOR_DOMAIN", settings.clusterDomain),
            text("VMQ_OPERATOR_HTTP_PORT", String(port)),
            text("VMQ_OPERATOR_DATA", Contract.dataDirectory),
            text("VMQ_OPERATOR_STORAGE", storage.rawValue),
            text("VMQ_OPERATOR_JOIN_TIMEOUT", String(settings.joinTimeout)),
            text("VMQ_OPERATOR_LEAVE_TIMEOUT", String(settings.leaveTimeout)),
            text("VMQ_OPERATOR_LEAVE", settings.leave.rawValue),
            text("VMQ_OPERATOR_PLUGINS", settings.plugins.map(\.applicationName).joined(separator: ",")),
        ]
    }

    /// The broker's node name, made of variables of ours only: merges may move those of users to anywhere.
    static func nodeName(for set: StatefulSetView, settings: Settings) -> JSONValue {
        let service = KubeletExpansion.escape(set.serviceName)
        let domain = KubeletExpansion.escape(settings.clusterDomain)
        return [
            "name": .string(Contract.nodeNameVariable),
            "value": "$(VMQ_OPERATOR_POD_NAME).\(service).$(VMQ_OPERATOR_NAMESPACE).svc.\(domain)",
        ]
    }

    /// The variables by which the image enables the plugins at boot.
    static func plugins(_ plugins: [PluginSource]) -> [JSONValue] {
        plugins.flatMap { plugin -> [JSONValue] in
            let name = Contract.pluginVariablePrefix + plugin.applicationName
            return [text(name, "on"), text(name + "__path", "\(Contract.pluginsDirectory)/\(plugin.applicationName)")]
        }
    }

    /// What a builder builds.
    static func source(_ plugin: PluginSource) -> [JSONValue] {
        [
            text("HOME", Contract.buildDirectory),
            text("VMQ_OPERATOR_PLUGIN_NAME", plugin.applicationName),
            text("VMQ_OPERATOR_PLUGIN_URL", plugin.repositoryURL),
            text("VMQ_OPERATOR_PLUGIN_REF_TYPE", plugin.versionType.rawValue),
            text("VMQ_OPERATOR_PLUGIN_REF", plugin.version),
            text("VMQ_OPERATOR_PLUGIN_PATH", plugin.subdirectory ?? ""),
        ]
    }

    /// A variable from the pod's own fields, as the API server stores it.
    private static func field(_ name: String, _ path: String) -> JSONValue {
        ["name": .string(name), "valueFrom": ["fieldRef": ["apiVersion": "v1", "fieldPath": .string(path)]]]
    }

    /// A variable with a literal value. An empty one has no `value`, because the API server stores none.
    private static func text(_ name: String, _ value: String) -> JSONValue {
        guard !value.isEmpty else { return ["name": .string(name)] }
        return ["name": .string(name), "value": .string(KubeletExpansion.escape(value))]
    }

    /// The user's variables that mounts of the data directory refer to (`subPathExpr`), with those that these refer to in
    /// turn, in their own order; and whether some of them are not in `env` and may come from `envFrom`.
    static func referredTo(by mounts: [JSONValue], of broker: BrokerContainer) -> (env: [JSONValue], needsSources: Bool)
    {
        var wanted = mounts.flatMap { KubeletExpansion.references(in: $0["subPathExpr"]?.stringValue ?? "") }
        var names: Set<String> = []
        var isMissing = false
        while let name = wanted.popLast() {
            guard names.insert(name).inserted else { continue }
            guard let variable = broker.variable(name) else {
                isMissing = true
                continue
            }
            wanted += KubeletExpansion.references(in: variable["value"]?.stringValue ?? "")
        }
        let variables = broker.environment.filter { $0["name"]?.stringValue.map(names.contains) ?? false }
        return (variables, isMissing && !broker.environmentSources.isEmpty)
    }
}
