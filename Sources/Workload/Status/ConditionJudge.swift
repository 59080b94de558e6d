import Document
import Kubernetes
import Membership
import VerneMQ

/// Judges what was observed. What is not known is `Unknown`, never guessed.
struct ConditionJudge {
    let resource: ClusterResource
    let observation: ClusterObservation
    let pods: [ObservedPods.Pod]

    /// The conditions, in this order. What is said of members and of their configuration is missing where nobody has looked
    /// yet.
    var conditions: [Condition] {
        let found = [
            ready, injected, membership(.clustered), membership(.unmigratedState), configurationApplied,
            restartRequired,
            pluginsBuilt,
        ]
        return found.compactMap(\.self)
    }

    // MARK: - Ready

    private var ready: Condition {
        func no(_ reason: String, _ message: String) -> Condition { Condition(.ready, .no, reason, message) }
        if let other = observation.managedElsewhere { return no("ManagedElsewhere", other.message) }
        let errors = (observation.workload?.findings ?? []).filter { $0.severity == .error }
        guard let set = observation.statefulSet else {
            if let name = resource.referencedStatefulSet {
                return no(
                    "StatefulSetNotFound",
                    "There is no StatefulSet \(name): create it, or correct spec.statefulSetRef."
                )
            }
            if !errors.isEmpty { return no("InvalidSpec", Self.text(errors)) }
            return no("StatefulSetPending", "The StatefulSet is not there yet.")
        }
        if observation.workload?.objects.isEmpty == true, !errors.isEmpty {
            return no("InvalidSpec", Self.text(errors))
        }
        let wanted = set["spec"]?["replicas"]?.integerValue ?? 1
        let ready = set["status"]?["readyReplicas"]?.integerValue ?? 0
        guard wanted > 0 else { return no("ScaledToZero", "No broker is wanted.") }
        if observation.audit?.state == .missing || observation.audit?.state == .refused {
            return no("NotInjected", "The StatefulSet is not injected, so its brokers do not find each other.")
        }
        let present = set["status"]?["replicas"]?.integerValue ?? 0
        guard ready >= wanted, present == wanted else {
            let trouble = pods.filter { !$0.isReady }.map { "\($0.name) \($0.trouble)" }
            let detail = trouble.isEmpty ? "" : ": " + trouble.prefix(5).joined(separator: "; ")
            return no("BrokersNotReady", "\(ready) of \(wanted) brokers are ready\(detail).")
        }
        let updated = set["status"]?["updatedReplicas"]?.integerValue ?? 0
        let generation = set["metadata"]?["generation"]?.integerValue
        let isSeen = generation == nil || set["status"]?["observedGeneration"]?.integerValue ?? 0 >= generation ?? 0
        guard isSeen, updated >= wanted || set["spec"]?["updateStrategy"]?["type"]?.stringValue == "OnDelete" else {
            return Condition(
                .ready,
                .yes,
                "Updating",
                "All \(wanted) brokers are ready; \(updated) are of the newest revision."
            )
        }
        return Condition(.ready, .yes, "BrokersReady", "All \(wanted) brokers are ready.")
    }

    // MARK: - Injected

    private var injected: Condition {
        if observation.managedElsewhere != nil {
            return Condition(.injected, .unknown, "ManagedElsewhere", "The operator leaves this resource alone.")
        }
        guard let audit = observation.audit else {
            return Condition(.injected, .unknown, "NotAudited", "The StatefulSet has not been looked at yet.")
        }
        switch audit.state {
        case .leftAlone:
            return Condition(.injected, .unknown, "LeftAlone", "The StatefulSet is paused or is being deleted.")
        case .notSelected:
            let message =
                "The StatefulSet has no label \(Label.inject.name): \(Label.enabled), so nothing is injected: "
                + "kubectl label statefulset \(resource.statefulSetName) \(Label.inject.name)=\(Label.enabled)"
            return Condition(.injected, .no, "NotLabelled", message)
        default: break
        }
        guard let first = audit.concerns.first else {
            return Condition(
                .injected,
                .yes,
                "Injected",
                "The StatefulSet is injected, and has around it what it needs."
            )
        }
        let text = audit.concerns.map { "\($0.message) (\($0.remedy))" }.joined(separator: " ")
        let isWhole = audit.state == .injected
        return Condition(
            .injected,
            isWhole && first.reason == .permissionsMissing ? .yes : .no,
            first.reason.rawValue,
            text
        )
    }

    // MARK: - Clustered

    /// What is said of the members by whoever looks after them; nil where he has not looked yet.
    private func membership(_ kind: Condition.Kind) -> Condition? {
        if observation.managedElsewhere != nil {
            guard kind == .clustered else { return nil }
            return Condition(kind, .unknown, "ManagedElsewhere", "The operator leaves this resource alone.")
        }
        guard let said = observation.membership.first(where: { $0.type == kind.rawValue }) else { return nil }
        let status: Condition.Status =
            switch said.status {
            case .isTrue: .yes
            case .isFalse: .no
            case .unknown: .unknown
            }
        // The remedies are commands to be run, and of no use when they are cut off.
        return Condition(kind, status, said.reason, said.sentence, limit: 8 * 1024)
    }

    // MARK: - Configuration

    private var configurationApplied: Condition? {
        func say(_ status: Condition.Status, _ reason: String, _ message: String) -> Condition {
            Condition(.configurationApplied, status, reason, message)
        }
        let errors = (observation.workload?.findings ?? []).filter { $0.severity == .error }
        if !errors.isEmpty { return say(.no, "InvalidConfiguration", Self.text(errors)) }
        if observation.isExecPermitted == false {
            let message =
                "The operator may not run commands in pods of this namespace, so settings take effect when brokers restart: "
                + "add the namespace to the chart's exec namespaces."
            return say(.no, "ExecNotPermitted", message)
        }
        guard let digest = observation.configurationDigest else {
            if observation.isConfigurationAwaited { return nil }
            return say(.unknown, "NotObserved", "The configuration has not been compared yet.")
        }
        let ready = pods.filter(\.isReady)
        guard !ready.isEmpty else { return say(.unknown, "NoBrokerReady", "No broker is ready that could be asked.") }
        let faults = ready.compactMap { pod in
            observation.brokers[pod.name]?.configurationFault.map { "\(pod.name): \($0)" }
        }
        if !faults.isEmpty { return say(.no, "ApplyFailed", faults.joined(separator: "; ") + ".") }
        let unknown = ready.filter { observation.brokers[$0.name]?.configurationDigest == nil }.map(\.name)
        let others = ready.filter { pod in
            observation.brokers[pod.name]?.configurationDigest.map { $0 != digest } ?? false
        }.map(\.name)
        if !others.isEmpty {
            return say(.no, "Pending", "Another configuration runs on \(others.joined(separator: ", ")).")
        }
        guard unknown.isEmpty else {
            return say(.unknown, "BrokersNotAsked", "Nothing is known yet from \(unknown.joined(separator: ", ")).")
        }
        let withheld = WithheldSetting.sentence(observation.workload?.withheld ?? []).map { " " + $0 } ?? ""
        return say(.yes, "Applied", "Every broker that is ready runs the configuration." + withheld)
    }

    private var restartRequired: Condition? {
        func say(_ status: Condition.Status, _ reason: String, _ message: String) -> Condition {
            Condition(.restartRequired, status, reason, message)
        }
        let ready = pods.filter(\.isReady)
        let keys = Set(ready.flatMap { observation.brokers[$0.name]?.restartRequired ?? [] }).sorted()
        if !keys.isEmpty {
            let message = RestartAdvice.sentence(
                keys,
                statefulSet: resource.statefulSetName,
                namespace: resource.namespace,
                isRolling: resource.spec("restartPolicy")?.stringValue == "Rolling"
            )
            return say(.yes, "SettingsNeedRestart", message)
        }
        if observation.isConfigurationAwaited { return nil }
        let unknown = ready.filter { observation.brokers[$0.name]?.restartRequired == nil }.map(\.name)
        guard !ready.isEmpty, unknown.isEmpty else {
            return say(.unknown, "NotObserved", "Whether a setting waits for a restart is not known yet.")
        }
        return say(.no, "NoneWaiting", "No setting waits for a restart.")
    }

    // MARK: - Plugins

    private var pluginsBuilt: Condition {
        let builds = PluginBuilds(pods: pods.map(\.object))
        if !builds.failures.isEmpty {
            let all = builds.failures.map { failure in
                "\(failure.plugin) in \(failure.pod): " + (failure.step.map { "\($0): " } ?? "") + failure.message
            }
            return Condition(.pluginsBuilt, .no, "BuildFailed", all.joined(separator: "; ") + ".")
        }
        guard builds.total > 0 else {
            guard resource.list("externalPlugins").isEmpty else {
                return Condition(.pluginsBuilt, .unknown, "NoPod", "No pod builds the plugins yet.")
            }
            return Condition(.pluginsBuilt, .yes, "NoPlugins", "No plugin is to be built.")
        }
        guard builds.built >= builds.total else {
            let message = "\(builds.built) of \(builds.total) builds are done."
            return Condition(.pluginsBuilt, .unknown, "Building", message)
        }
        return Condition(.pluginsBuilt, .yes, "Built", "Every plugin is built in every pod.")
    }

    private static func text(_ findings: [Finding]) -> String {
        findings.map(\.description).joined(separator: "; ") + "."
    }
}
