/// What users of the tests apply.
enum Manifest {
    /// The label that opts in, as kubectl takes it.
    static let label = "vmq.k8s.vernemq.com/inject=enabled"

    /// A StatefulSet that runs VerneMQ, as people write one, with its headless Service left out.
    ///
    /// - Parameters:
    ///   - name: its name, which is its Service's too.
    ///   - labelled: whether it opts in.
    ///   - annotations: its own annotations, as lines of YAML.
    ///   - replicas: how many brokers.
    ///   - image: the broker's image.
    ///   - environment: entries of the broker's `env`, as lines of YAML beginning with `- `.
    ///   - claims: whether its data is on claimed volumes.
    ///   - namespace: the namespace, where the manifest names one.
    static func statefulSet(
        _ name: String = "mqtt",
        labelled: Bool = false,
        annotations: [String] = [],
        replicas: Int = 2,
        image: String = "docker.io/vernemq/vernemq:2.1.1",
        environment: [String] = [],
        claims: Bool = false,
        namespace: String? = nil
    ) -> String {
        var lines = [
            "apiVersion: apps/v1",
            "kind: StatefulSet",
            "metadata:",
            "  name: \(name)",
            "  labels:",
            "    app: \(name)",
        ]
        if let namespace { lines.insert("  namespace: \(namespace)", at: 4) }
        if labelled { lines.append("    vmq.k8s.vernemq.com/inject: enabled") }
        if !annotations.isEmpty { lines += ["  annotations:"] + annotations.map { "    " + $0 } }
        lines += [
            "spec:",
            "  replicas: \(replicas)",
            "  serviceName: \(name)",
            "  podManagementPolicy: Parallel",
            "  selector:",
            "    matchLabels: {app: \(name)}",
            "  template:",
            "    metadata:",
            "      labels: {app: \(name)}",
            "    spec:",
            "      containers:",
            "      - name: vernemq",
            "        image: \(image)",
            "        env:",
            "        - {name: DOCKER_VERNEMQ_ACCEPT_EULA, value: \"yes\"}",
        ]
        lines += environment.map { "        " + $0 }
        lines += [
            "        ports:",
            "        - {name: mqtt, containerPort: 1883}",
            "        volumeMounts:",
            "        - {name: data, mountPath: /vernemq/data}",
        ]
        if claims {
            lines += [
                "  volumeClaimTemplates:",
                "  - metadata: {name: data}",
                "    spec:",
                "      accessModes: [ReadWriteOnce]",
                "      resources: {requests: {storage: 1Gi}}",
            ]
        } else {
            lines += ["      volumes:", "      - {name: data, emptyDir: {}}"]
        }
        return lines.joined(separator: "\n") + "\n"
    }

    /// A VerneMQ resource with that `spec`, in YAML's flow style.
    static func resource(_ name: String = "mqtt", spec: String) -> String {
        """
        apiVersion: vmq.k8s.vernemq.com/v1alpha1
        kind: VerneMQ
        metadata:
          name: \(name)
        spec: \(spec)

        """
    }
}
