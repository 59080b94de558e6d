import BrokerDouble

/// What a ``PodSet`` is made of.
enum PodSetManifest {
    /// The images of Scripts/node-images: their names are those of the official ones, whose place they take.
    static let brokerImage = "docker.io/vernemq/vernemq:2.0.1"

    /// The headless Service that names the brokers.
    static let service = """
        apiVersion: v1
        kind: Service
        metadata: {name: mqtt}
        spec:
          clusterIP: None
          publishNotReadyAddresses: true
          selector: {app: mqtt}
          ports: [{name: mqtt, port: 1883}]

        """

    /// The StatefulSet, as users write it, but that it names the node: there is no scheduler.
    static func statefulSet(_ shape: PodSet.Shape) -> String {
        var lines = [
            "apiVersion: apps/v1",
            "kind: StatefulSet",
            "metadata:",
            "  name: mqtt",
            "  labels: {vmq.k8s.vernemq.com/inject: enabled}",
        ]
        if !shape.annotations.isEmpty { lines += ["  annotations:"] + shape.annotations.map { "    " + $0 } }
        lines += [
            "spec:",
            "  replicas: \(shape.replicas)",
            "  serviceName: mqtt",
            "  podManagementPolicy: Parallel",
            "  selector:",
            "    matchLabels: {app: mqtt}",
            "  template:",
            "    metadata:",
            "      labels: {app: mqtt}",
            "    spec:",
            "      nodeName: node",
            "      containers:",
            "      - name: vernemq",
            "        image: \(brokerImage)",
            "        env:",
            "        - {name: DOCKER_VERNEMQ_ACCEPT_EULA, value: \"yes\"}",
            "        readinessProbe:",
            "          httpGet: {path: /health/ping, port: 8888}",
            "          periodSeconds: 5",
            "          timeoutSeconds: 5",
            "        volumeMounts:",
            "        - {name: data, mountPath: /vernemq/data}",
        ]
        if shape.secret != nil { lines += ["        - {name: tls, mountPath: /etc/tls, readOnly: true}"] }
        if shape.hasSidecar {
            lines += [
                "      - name: sidecar",
                "        image: \(brokerImage)",
                "        command: [sh, -c, 'trap exit TERM; while :; do sleep 1; done']",
            ]
        }
        if shape.storage == .ephemeral || shape.secret != nil { lines += ["      volumes:"] }
        if let secret = shape.secret { lines += ["      - {name: tls, secret: {secretName: \(secret)}}"] }
        if shape.storage == .persistent {
            lines += [
                "  volumeClaimTemplates:",
                "  - metadata: {name: data}",
                "    spec:",
                "      accessModes: [ReadWriteOnce]",
                "      resources: {requests: {storage: 1Gi}}",
            ]
        } else {
            lines += ["      - {name: data, emptyDir: {}}"]
        }
        return lines.joined(separator: "\n") + "\n"
    }

    /// A volume that the claim of an ordinal binds to.
    static func volume(_ ordinal: Int, namespace: String, directory: String) -> String {
        """
        apiVersion: v1
        kind: PersistentVolume
        metadata: {name: \(namespace)-\(ordinal)}
        spec:
          capacity: {storage: 1Gi}
          accessModes: [ReadWriteOnce]
          persistentVolumeReclaimPolicy: Retain
          claimRef: {namespace: \(namespace), name: data-mqtt-\(ordinal)}
          hostPath: {path: "\(directory)", type: Directory}

        """
    }
}
