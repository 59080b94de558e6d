extension VerneMQStructure {
    /// The fields of `spec`.
    public static let specFields: [SchemaField] =
        workloadFields + imageFields + podFields + configurationFields + bundlerFields

    private static let count: ClosedRange<Int64> = 0...Int64(Int32.max)
    private static let reference: SchemaType = .object([
        SchemaField("name", .string, required: true, "Name of the object, in the same namespace.")
    ])

    private static let workloadFields: [SchemaField] = [
        SchemaField("size", .int32(count), "How many brokers there are. The operator then owns the StatefulSet."),
        SchemaField(
            "statefulSetRef",
            reference,
            "A StatefulSet of the user's own that the operator drives, instead of one that it makes from size."
        ),
        SchemaField(
            "clusterDomain",
            .string,
            "DNS domain of the Kubernetes cluster, cluster.local by default. Part of every node name."
        ),
        SchemaField(
            "restartPolicy",
            .choice(["Manual", "Rolling"]),
            "What happens when a setting needs a restart: Manual (default) reports it, Rolling restarts one broker at a time."
        ),
        SchemaField(
            "storage",
            .object([
                SchemaField("emptyDir", .opaque, "An emptyDir volume source, used in place of any claim template."),
                SchemaField("volumeClaimTemplate", .opaque, "A PersistentVolumeClaim for each broker's data."),
            ]),
            "Where brokers keep their data. An emptyDir if neither kind is given."
        ),
        SchemaField(
            "dropoutPeriodSeconds",
            .int64(0...Int64.max),
            "Accepted for compatibility: how long a stopping broker went on serving. The leave timeout took its place."
        ),
        SchemaField(
            "terminationGracePeriodSeconds",
            .int64(0...Int64.max),
            "Grace period of the pods. Raised where leaving the cluster may take longer."
        ),
    ]

    private static let imageFields: [SchemaField] = [
        SchemaField(
            "version",
            .string,
            "VerneMQ version. Needed even when image is set: the configuration depends on it."
        ),
        SchemaField("tag", .string, "Tag of the image, the version by default."),
        SchemaField("sha", .string, "SHA-256 digest of the image. Takes precedence over tag and version."),
        SchemaField("image", .string, "The whole image reference. Takes precedence over baseImage, tag and sha."),
        SchemaField("baseImage", .string, "The image without tag, vernemq/vernemq by default."),
        SchemaField(
            "imagePullSecrets",
            .list(.object([SchemaField("name", .string, "Name of the Secret.")])),
            "Secrets for pulling images."
        ),
    ]

    private static let podFields: [SchemaField] = [
        SchemaField("podMetadata", .opaque, "Labels and annotations for the pods."),
        SchemaField("securityContext", .opaque, "Security context of the pods."),
        SchemaField("containers", .list(.opaque), "Further containers of the pods."),
        SchemaField("resources", .opaque, "Resource requests and limits of the broker."),
        SchemaField("serviceAccountName", .string, "Service account of the pods."),
        SchemaField("nodeSelector", .stringMap, "Labels of the nodes on which pods may run."),
        SchemaField("priorityClassName", .string, "Priority class of the pods."),
        SchemaField("affinity", .opaque, "Scheduling constraints of the pods."),
        SchemaField("tolerations", .list(.opaque), "Taints that the pods tolerate."),
        SchemaField("secrets", .list(.string), "Secrets that are mounted at /etc/vernemq/secrets/<name>."),
        SchemaField("configMaps", .list(.string), "ConfigMaps that are mounted at /etc/vernemq/configmaps/<name>."),
        SchemaField("env", .list(.opaque), "Environment variables of the broker."),
    ]

    private static let configurationFields: [SchemaField] = [
        SchemaField("vmqConfig", .string, "Settings at start, in the syntax of vernemq.conf."),
        SchemaField("vmArgs", .string, "Arguments of the Erlang VM, in the syntax of vm.args."),
        SchemaField(
            "configFrom",
            .object([
                SchemaField("configMapRef", reference, "A ConfigMap whose key vernemq.conf holds settings.")
            ]),
            "Settings that stand elsewhere; they are validated and applied live."
        ),
        SchemaField("config", .object(reloadableFields), "What is applied to running brokers."),
        SchemaField(
            "externalPlugins",
            .list(.object(PluginSource.fields)),
            "Plugins that are built from their sources."
        ),
    ]

    private static let bundlerFields: [SchemaField] = [
        ("bundlerVersion", "version"), ("bundlerTag", "tag"), ("bundlerSHA", "digest"), ("bundlerImage", "image"),
        ("bundlerBaseImage", "base image"),
    ].map { name, subject in
        SchemaField(
            name,
            .string,
            "Accepted for compatibility: the \(subject) of the plugin bundler, which is not needed."
        )
    }
}
