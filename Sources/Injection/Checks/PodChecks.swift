import Document
import VerneMQ

/// Checks of the StatefulSet and its pods that do not depend on what was there before.
enum PodChecks {
    static func check(_ set: StatefulSetView, broker: BrokerContainer, settings: Settings) -> [Finding] {
        identity(of: set) + processes(of: set) + readiness(of: set, broker: broker) + listener(of: broker)
            + discovery(of: set, broker: broker, settings: settings) + configuration(of: broker)
            + advice(for: set, broker: broker, settings: settings)
    }

    private static func identity(of set: StatefulSetView) -> [Finding] {
        var findings: [Finding] = []
        if set.name?.isEmpty != false {
            findings.append(
                Finding(
                    .error,
                    path: "metadata.name",
                    problem: "required value: node names cannot be known under generateName",
                    remedy: "give the StatefulSet a name"
                )
            )
        }
        let service = set.serviceName
        if service.isEmpty {
            let remedy = "name the headless Service of the pods: it is part of every node name"
            findings.append(Finding(.error, path: "spec.serviceName", problem: "required value", remedy: remedy))
        } else if !DNSName.isLabel(service) {
            findings.append(
                Finding(
                    .error,
                    path: "spec.serviceName",
                    value: service.shortened,
                    problem: "not the name of a Service",
                    remedy: DNSName.labelRule
                )
            )
        }
        return findings
    }

    /// The hooks signal PID 1, which must be the broker.
    private static func processes(of set: StatefulSetView) -> [Finding] {
        let pod = PodTemplateView(set.template)
        return ["shareProcessNamespace", "hostPID"].filter { pod.spec[$0]?.boolValue == true }.map { field in
            Finding(
                .error,
                path: "spec.template.spec.\(field)",
                value: "true",
                problem: "process 1 is then not the broker, which the operator's hooks must be able to end",
                remedy: "remove it"
            )
        }
    }

    private static func readiness(of set: StatefulSetView, broker: BrokerContainer) -> [Finding] {
        guard set.isOrderedReady, let probe = broker.value["readinessProbe"], !probe.isNull else { return [] }
        let path = "/health/listeners_full_cluster"
        let command = (probe["exec"]?["command"]?.arrayValue ?? []).compactMap(\.stringValue)
        let isAsked =
            probe["httpGet"]?["path"]?.stringValue?.hasPrefix(path) == true || command.contains { $0.contains(path) }
        guard isAsked else { return [] }
        return [
            Finding(
                .error,
                path: "\(broker.path).readinessProbe",
                value: path,
                problem: "with podManagementPolicy OrderedReady it waits for ever after a full outage: "
                    + "no broker is ready before all are up",
                remedy: "use /health/ping, or podManagementPolicy Parallel in a new StatefulSet"
            )
        ]
    }

    private static func listener(of broker: BrokerContainer) -> [Finding] {
        guard ListenerEnvironment.http(in: broker.environment).isLoopbackOnly else { return [] }
        return [
            Finding(
                .error,
                path: "\(broker.path).env",
                value: ListenerEnvironment.httpVariable,
                problem: "binds the HTTP listener to the loopback address, where peers and the operator cannot ask it",
                remedy: "bind it to the pod's address, or leave the variable out"
            )
        ]
    }

    /// The image's own discovery writes the node name after ours: both must agree.
    private static func discovery(of set: StatefulSetView, broker: BrokerContainer, settings: Settings) -> [Finding] {
        guard let discovered = NodeNaming.discovery(of: broker, set: set) else { return [] }
        let ours = NodeNaming.ours(set, domain: settings.clusterDomain)
        let path = "\(broker.path).env"
        if discovered != ours {
            return [
                Finding(
                    .error,
                    path: path,
                    value: TokenMount.discoveryVariable,
                    problem: "the image's own discovery names brokers \(discovered), the operator \(ours)",
                    remedy:
                        "remove the DOCKER_VERNEMQ_KUBERNETES_ variables, or set \(Annotation.clusterDomain.name) to fit"
                )
            ]
        }
        return [
            Finding(
                .warning,
                path: path,
                value: TokenMount.discoveryVariable,
                problem: "the image's own discovery joins beside the operator's and may wipe state",
                remedy: "remove the variable when convenient"
            )
        ]
    }

    private static func configuration(of broker: BrokerContainer) -> [Finding] {
        var findings: [Finding] = []
        for (index, mount) in broker.mounts.enumerated() {
            guard let path = mount["mountPath"]?.stringValue?.withoutTrailingSlashes else { continue }
            func warn(_ problem: String, _ remedy: String) {
                let place = "\(broker.path).volumeMounts[\(index)].mountPath"
                findings.append(Finding(.warning, path: place, value: path, problem: problem, remedy: remedy))
            }
            let isWhole = path == Contract.configurationDirectory
            if path == Contract.configurationDirectory + "/vm.args" || (isWhole && mount["readOnly"]?.boolValue == true)
            {
                warn(
                    "the image edits vm.args in place at every start and fails where it cannot",
                    "mount nothing over it"
                )
            } else if path == Contract.configurationDirectory + "/vernemq.conf.local" {
                warn(
                    "with this file the image ignores every setting given by variables, plugins included",
                    "use vernemq.conf"
                )
            }
        }
        return findings
    }

    private static func advice(for set: StatefulSetView, broker: BrokerContainer, settings: Settings) -> [Finding] {
        var findings: [Finding] = []
        if broker.variable("API_KEY") != nil {
            findings.append(
                Finding(
                    .warning,
                    path: "\(broker.path).env",
                    value: "API_KEY",
                    problem: "a broker that gets an API key before it has joined can never join",
                    remedy: "make API keys after the cluster is whole"
                )
            )
        }
        let pod = PodTemplateView(set.template)
        let grace = GracePeriod.user(pod)
        if grace < settings.neededGrace, grace != GracePeriod.default {
            findings.append(
                Finding(
                    .warning,
                    path: "spec.template.spec.terminationGracePeriodSeconds",
                    value: String(grace),
                    problem: "is too short for leaving the cluster and is raised to \(settings.neededGrace)",
                    remedy: "raise it, or lower \(Annotation.leaveTimeout.name)"
                )
            )
        }
        if !TokenMount.canBeTurnedOff(pod, broker: broker), pod.spec["automountServiceAccountToken"]?.boolValue != false
        {
            findings.append(
                Finding(
                    .warning,
                    path: "spec.template.spec.automountServiceAccountToken",
                    problem: "with a mounted token the official image exits at start unless its Role is there",
                    remedy: "apply the Role and RoleBinding that inject prints, or set it to false"
                )
            )
        }
        if !settings.plugins.isEmpty, settings.plugins.contains(where: { $0.builderImage == nil }) {
            let otp = BuilderImage.otp(of: broker)
            if !otp.isKnown {
                findings.append(
                    Finding(
                        .warning,
                        path: "\(broker.path).image",
                        value: broker.value["image"]?.stringValue?.shortened,
                        problem: "names no known VerneMQ version, so plugins are built with Erlang/OTP \(otp.otp)",
                        remedy: "give each plugin a builderImage with the broker's OTP release"
                    )
                )
            }
        }
        return findings
    }
}
