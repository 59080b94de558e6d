public import Document

extension VerneMQResource {
    /// The settings that a resource gives its brokers, but for those in its `env`, which reach them by themselves.
    ///
    /// - Parameters:
    ///   - resource: the resource; what is wrong with it is ``validate(_:old:configMap:pluginPolicy:judgingBy:)``'s to say.
    ///   - configMap: the ConfigMap that `spec.configFrom` names, if there is one.
    public static func settings(of resource: JSONValue, configMap: JSONValue?) -> [Setting] {
        guard let spec = resource["spec"] else { return [] }
        return configuration(of: spec, configMap: configMap).settings.filter { $0.source != .environment }
    }
}
