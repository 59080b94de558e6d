import Document
import Injection
import Kubernetes
import KubernetesClient
import LiveConfiguration
import VerneMQ
import Workload

/// What the brokers of a set should run with, found as the reconcilers find it.
struct WantedConfiguration: Sendable {
    /// Whether the operator looks after their configuration at all.
    var isLookedAfter = false
    /// What is wanted; nil if it cannot be told.
    var settings: LiveSettings?
    /// Why it may not be told, as a clause.
    var obstacle: String?
    /// What is wrong with it and not told by a resource, as sentences.
    var faults: [String] = []

    /// Reads it, with one question for the ConfigMap if one is named.
    static func read(
        of set: JSONValue,
        _ resource: JSONValue?,
        _ client: APIClient
    ) async throws(APIError) -> WantedConfiguration {
        guard InjectionState(of: set).isInjected else { return WantedConfiguration() }
        let namespace = ObjectView(set).namespace
        if let resource {
            let name = ClusterResource(resource).spec("configFrom")?["configMapRef"]?["name"]?.stringValue
            return try await read(name, namespace, client) { configMap in of(resource, set, configMap) }
        }
        guard let name = AnnotatedConfiguration.configMapName(of: set) else { return WantedConfiguration() }
        return try await read(name, namespace, client) { configMap in
            let settings = AnnotatedConfiguration.make(for: set, configMap: configMap).settings
            let faults = settings.errors.map { "\($0)." }
            return WantedConfiguration(isLookedAfter: true, settings: settings, faults: faults)
        }
    }

    private static func read(
        _ configMap: String?,
        _ namespace: String?,
        _ client: APIClient,
        _ make: (JSONValue?) -> WantedConfiguration
    ) async throws(APIError) -> WantedConfiguration {
        guard let configMap else { return make(nil) }
        do throws(APIError) {
            let found = try await client.find(.configMaps, ObjectKey(namespace: namespace, name: configMap))
            guard let found else {
                var wanted = make(nil)
                // Without it nothing is wanted, which is not the same as wanting nothing.
                wanted.settings = nil
                if wanted.faults.isEmpty { wanted.faults = ["There is no ConfigMap \(configMap): create it."] }
                return wanted
            }
            return make(found)
        } catch {
            guard case .forbidden(let status) = error else { throw error }
            return WantedConfiguration(
                isLookedAfter: true,
                obstacle: "ConfigMap \(configMap) may not be read: \(status.message)"
            )
        }
    }

    private static func of(_ resource: JSONValue, _ set: JSONValue, _ configMap: JSONValue?) -> WantedConfiguration {
        let conditions = resource["status"]?["conditions"]?.arrayValue ?? []
        guard !conditions.contains(where: { $0["reason"]?.stringValue == "ManagedElsewhere" }) else {
            return WantedConfiguration()
        }
        let findings = DesiredWorkload.make(
            from: resource,
            settings: VerneMQResource.settings(of: resource, configMap: configMap),
            statefulSet: set
        ).holdingBack(for: VerneMQResource.validate(resource, configMap: configMap), isThere: true).findings
        // Its faults are told by its conditions.
        return WantedConfiguration(
            isLookedAfter: true,
            settings: LiveSettings(of: resource, configMap: configMap, findings: findings)
        )
    }
}
