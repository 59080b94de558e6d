import VerneMQ

/// Which image the brokers run.
public enum BrokerImage {
    /// The image without a tag where the resource names none.
    public static let defaultBase = "vernemq/vernemq"
    /// The version where the resource names none. Changing it restarts the brokers of every such resource.
    public static let defaultVersion = VerneMQResource.defaultVersion

    /// The image of a resource: `image`, else `baseImage` with `sha`, else with `tag`, else with `version`.
    public static func reference(_ resource: ClusterResource) -> String {
        if let image = resource.text("image") { return image }
        let base = resource.text("baseImage") ?? defaultBase
        if let digest = resource.text("sha") {
            return "\(base)@\(digest.hasPrefix("sha256:") ? digest : "sha256:" + digest)"
        }
        return "\(base):\(resource.text("tag") ?? resource.text("version") ?? defaultVersion)"
    }
}
