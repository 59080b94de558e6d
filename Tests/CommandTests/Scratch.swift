import Foundation
import Testing

/// A directory of a test's own.
struct Scratch: ~Copyable {
    let path: String

    init() throws {
        path =
            FileManager.default.temporaryDirectory
            .appendingPathComponent("vernemq-operator-command-\(UUID().uuidString.prefix(8))").path
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit {
        do {
            try FileManager.default.removeItem(atPath: path)
        } catch {
            Issue.record("\(path) could not be removed: \(error)")
        }
    }

    /// Writes a file and returns its path.
    @discardableResult
    func write(_ name: String, _ text: String) throws -> String {
        let file = "\(path)/\(name)"
        let directory = (file as NSString).deletingLastPathComponent
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        try text.write(toFile: file, atomically: false, encoding: .utf8)
        return file
    }

    func read(_ name: String) throws -> String {
        try String(contentsOfFile: "\(path)/\(name)", encoding: .utf8)
    }
}

/// Manifests as users write them.
enum Sample {
    /// A labelled StatefulSet with comments, flow style, odd indentation and quoting of its own.
    static let statefulSet = """
        # The broker of the demo
        apiVersion: apps/v1
        kind: StatefulSet
        metadata:
            name: mqtt            # the name
            labels: {app: mqtt, vmq.k8s.vernemq.com/inject: enabled}
        spec:
            serviceName: 'mqtt'
            replicas: 3

            selector: {matchLabels: {app: mqtt}}
            template:
                metadata:
                    labels: {app: mqtt}
                spec:
                    # one container
                    containers:
                        - name: vernemq
                          image: "vernemq/vernemq:2.1.1-alpine"   # pinned
                          env:
                            - {name: DOCKER_VERNEMQ_ACCEPT_EULA, value: "yes"}
                          futureField: {kept: true}
        # the end

        """

    static let service = """
        apiVersion: v1
        kind: Service
        metadata: {name: mqtt}
        spec: {clusterIP: None}   # headless

        """

    static let broken = statefulSet.replacing("serviceName: 'mqtt'", with: "serviceName: ''")
}
