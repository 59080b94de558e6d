import BrokerDouble
import Document
import KubernetesClient
import Membership
import Synchronization
import Testing
import VerneMQ

@testable import Controller

/// Somebody who asks how the clusters of a ``MemberWorld`` stand. Belongs to the world's loop.
final class OverviewBench {
    let world: MemberWorld
    let reader: OverviewReader
    /// The brokers' configurations.
    let brokers: [DoubleExec]
    /// Every command that ran in a pod.
    let exec: ScriptedExec

    /// - Parameters:
    ///   - booted: what brokers started with.
    ///   - refusal: what a command in a pod comes to, by the pod's name, in place of an answer.
    init(
        _ world: MemberWorld,
        booted: [Setting] = [],
        refusal: @escaping @Sendable (String) -> BrokerExecError? = { _ in nil }
    ) throws {
        self.world = world
        world.change { state in
            for ordinal in state.pods.keys { state.pods[ordinal]?["spec"] = state.set["spec"]?["template"]?["spec"] }
        }
        let brokers = (0..<3).map { DoubleExec(booted, address: "127.0.1.\($0 + 1)") }
        self.brokers = brokers
        exec = ScriptedExec { command, target throws(BrokerExecError) in
            if let refusal = refusal(target.pod) { throw refusal }
            guard let ordinal = MemberWorld.naming.ordinal(ofPod: target.pod) else { throw .gone("no such broker") }
            if command.arguments.first == "curl" {
                let view = world.state.withLock { $0.views[ordinal] }
                guard let view else { return BrokerOutput(exitCode: 7) }
                return BrokerOutput(output: MemberWorld.view(ordinal, view).serializedString())
            }
            return try brokers[ordinal].answer(command)
        }
        reader = OverviewReader(try world.makeClient(), exec: exec) { world.state.withLock { $0.now } }
    }

    /// The one cluster that there is.
    func look(_ names: String..., runsCommands: Bool = true) async throws -> ClusterOverview {
        let question = OverviewReader.Question(
            namespace: "demo",
            names: names,
            runsCommands: runsCommands
        )
        let answer = try await reader.read(question)
        try #require(answer.clusters.count == 1 && answer.faults.isEmpty, "\(answer)")
        return answer.clusters[0]
    }

    static func setting(_ key: String, _ value: String) -> Setting {
        Setting(key, value, keyPath: key, source: .file)
    }

    /// A ConfigMap, which the set's annotation names.
    func configure(_ lines: String) {
        world.change { state in
            state.configMaps["settings"] = [
                "metadata": [
                    "name": "settings", "namespace": "demo", "labels": ["vmq.k8s.vernemq.com/config": "vernemq"],
                ],
                "data": ["vernemq.conf": .string(lines)],
            ]
            state.changeSet { $0["metadata"]?["annotations"]?["vmq.k8s.vernemq.com/config"] = "settings" }
        }
    }
}
