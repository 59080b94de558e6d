/// The prefix of every label and annotation of the operator, and the group of its resource.
public enum OperatorName {
    /// The API group of the `VerneMQ` resource.
    public static let group = "vmq.k8s.vernemq.com"
    /// What every label and annotation name of ours begins with.
    public static let prefix = "vmq.k8s.vernemq.com/"
}

/// The labels that the operator reads.
public enum Label: String, Sendable, Hashable, CaseIterable {
    /// On a StatefulSet; ``enabled`` opts in, every other value and none opt out.
    case inject
    /// On a ConfigMap; ``vernemq`` says that its key `vernemq.conf` is validated and applied live.
    case config

    /// The value of ``inject`` that opts in.
    public static let enabled = "enabled"
    /// The value of ``config`` that marks a VerneMQ configuration.
    public static let vernemq = "vernemq"

    /// The whole name: `vmq.k8s.vernemq.com/inject`.
    public var name: String { OperatorName.prefix + rawValue }
}

/// The annotations that the operator reads or writes.
public enum Annotation: String, Sendable, Hashable, CaseIterable {
    /// On a StatefulSet: the broker's container. Default: the one named `vernemq`, else the one whose image is a VerneMQ
    /// image, else the only one.
    case container
    /// On a StatefulSet: the name of the ConfigMap whose key `vernemq.conf` holds the configuration.
    case config
    /// On a StatefulSet: a YAML list of plugin sources (``PluginSource``).
    case plugins
    /// On a StatefulSet: the cluster's DNS domain, `cluster.local` by default. It is part of every node name.
    case clusterDomain = "cluster-domain"
    /// On a StatefulSet: how long a broker may take to join, a duration such as `5m`.
    case joinTimeout = "join-timeout"
    /// On a StatefulSet: how long a broker may take to leave and move its queues, a duration such as `10m`.
    case leaveTimeout = "leave-timeout"
    /// On a StatefulSet: when a pod leaves the cluster: `auto`, `scale-down` or `never`.
    case leave
    /// On a StatefulSet: `fresh-state` consents to new node names on volumes that know old ones.
    case adopt
    /// On a StatefulSet: a free token; when its value changes, the injection is rendered anew.
    case injection
    /// On the pod template, written by the operator: the ledger of what was injected.
    case injected
    /// On a StatefulSet or a ConfigMap with a configuration: the VerneMQ version by which settings are judged. Default: that
    /// of the image's tag, and for a ConfigMap the newest.
    case version
    /// On a StatefulSet, written by the operator: what it must remember about the cluster's members.
    case membership
    /// On any object of ours: `true` makes the controllers leave it alone.
    case pause
    /// On a `VerneMQ` resource or a workload: `true` takes it over from another controller.
    case takeOver = "take-over"

    /// The whole name: `vmq.k8s.vernemq.com/container`.
    public var name: String { OperatorName.prefix + rawValue }

    /// The path of this annotation on an object, as the API server writes it.
    public var path: String { "metadata.annotations[\(name)]" }

    /// The annotations that mean something on a StatefulSet's own metadata.
    public static let onStatefulSet: [Annotation] = [
        .container, .config, .plugins, .clusterDomain, .joinTimeout, .leaveTimeout, .leave, .adopt, .injection,
        .version, .membership, .pause, .takeOver,
    ]

    /// The annotations that the rendering of an injection reads: while none of them and nothing in the user's pod template
    /// changes, not a byte of the injected template changes.
    public static let readByRendering: [Annotation] = [
        .container, .plugins, .clusterDomain, .joinTimeout, .leaveTimeout, .leave, .injection,
    ]
}
