import Document
import VerneMQ

/// Advice on what a broker's pods are made of. None of it refuses anything.
enum ImageChecks {
    static func check(_ set: StatefulSetView, broker: BrokerContainer) -> [Finding] {
        mutableTag(of: broker) + licence(of: broker) + persistence(of: set, broker: broker)
    }

    private static func mutableTag(of broker: BrokerContainer) -> [Finding] {
        guard let text = broker.value["image"]?.stringValue, let image = ImageReference(text), image.digest == nil,
            image.tag ?? "latest" == "latest"
        else { return [] }
        return [
            Finding(
                .warning,
                path: "\(broker.path).image",
                value: text.shortened,
                problem: "can change under a running cluster, so two brokers may be of different versions",
                remedy: "name a release, or a digest"
            )
        ]
    }

    /// Only what is written as `env` can be seen; a set that takes variables from elsewhere may have it there.
    private static func licence(of broker: BrokerContainer) -> [Finding] {
        guard let image = broker.value["image"]?.stringValue.flatMap(ImageReference.init),
            image.repository == "vernemq/vernemq" || image.repository.hasSuffix("/vernemq/vernemq"),
            broker.environmentSources.isEmpty
        else { return [] }
        let variable = broker.variable("DOCKER_VERNEMQ_ACCEPT_EULA")
        guard variable?["valueFrom"]?.isNull != false, variable?["value"]?.stringValue != "yes" else { return [] }
        return [
            Finding(
                .warning,
                path: "\(broker.path).env",
                problem: "the official image does not start before its licence is accepted",
                remedy: "read it, and set DOCKER_VERNEMQ_ACCEPT_EULA to yes if you agree"
            )
        ]
    }

    /// Brokers that start all at once on empty disks have nobody who knows what was there before.
    private static func persistence(of set: StatefulSetView, broker: BrokerContainer) -> [Finding] {
        guard !set.isOrderedReady, Storage(of: broker, in: set.template, claimNames: set.claimNames) != .persistent
        else { return [] }
        return [
            Finding(
                .warning,
                path: "spec.podManagementPolicy",
                value: "Parallel",
                problem: "the brokers' data dies with their pods, and when all of them go at once nothing is left",
                remedy: "put \(Contract.dataDirectory) on a claimed volume where that matters"
            )
        ]
    }
}
