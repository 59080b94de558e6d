import Testing

/// StatefulSets as users have them, for promises that hold whatever one looks like.
struct Example: Sendable, CustomTestStringConvertible {
    let testDescription: String
    /// The YAML, with or without the label.
    let manifest: @Sendable (_ labelled: Bool) -> String

    func manifest(labelled: Bool) -> String { manifest(labelled) }

    /// All of them. Each is named `mqtt`.
    static let all = [
        Example(testDescription: "plain") { Manifest.statefulSet(labelled: $0) },
        Example(testDescription: "with handlers, probes, init containers and a sidecar of its own") { labelled in
            rich.replacingLabel(labelled)
        },
    ]

    private static let rich = """
        apiVersion: apps/v1
        kind: StatefulSet
        metadata:
          name: mqtt
          LABELS
        spec:
          replicas: 3
          serviceName: mqtt-headless
          selector:
            matchLabels: {app: mqtt}
          updateStrategy: {type: RollingUpdate}
          template:
            metadata:
              annotations: {example.com/checksum: "17"}
              labels: {app: mqtt}
            spec:
              terminationGracePeriodSeconds: 45
              securityContext: {runAsUser: 10000, runAsGroup: 10000, fsGroup: 10000}
              initContainers:
              - name: wait
                image: docker.io/library/busybox:1.36
                command: [sh, -c, 'echo "$HOME"; exit 0']
              containers:
              - name: exporter
                image: docker.io/example/exporter:1
                env:
                - {name: TARGET, value: http://localhost:8888/metrics}
              - name: vernemq
                image: docker.io/vernemq/vernemq:2.1.1-alpine
                imagePullPolicy: Always
                env:
                - name: MY_POD_NAME
                  valueFrom: {fieldRef: {fieldPath: metadata.name}}
                - {name: GREETING, value: "hello $(MY_POD_NAME) and $$HOME"}
                - {name: DOCKER_VERNEMQ_ACCEPT_EULA, value: "yes"}
                envFrom:
                - configMapRef: {name: mqtt, optional: true}
                lifecycle:
                  postStart:
                    exec: {command: [sh, -c, "echo started > /tmp/started"]}
                  preStop:
                    exec: {command: [sleep, "5"]}
                startupProbe:
                  exec: {command: [test, -e, /tmp/started]}
                  periodSeconds: 3
                  failureThreshold: 100
                readinessProbe:
                  httpGet: {path: /health/listeners, port: 8888}
                livenessProbe:
                  httpGet: {path: /health/ping, port: 8888}
                  initialDelaySeconds: 90
                ports:
                - {name: mqtt, containerPort: 1883}
                volumeMounts:
                - {name: state, mountPath: /vernemq/data, subPath: broker}
                - {name: scratch, mountPath: /tmp}
              volumes:
              - {name: scratch, emptyDir: {medium: Memory}}
              - {name: state, emptyDir: {}}

        """
}

extension String {
    fileprivate func replacingLabel(_ labelled: Bool) -> String {
        replacing("  LABELS\n", with: labelled ? "  labels: {vmq.k8s.vernemq.com/inject: enabled}\n" : "")
    }
}
