import Document
import VerneMQ

/// Renders the newest injection into a pod template that carries none.
struct Renderer {
    /// The version of the operator, for the ledger.
    let version: String
    let settings: Settings

    /// The injected template.
    ///
    /// - Parameters:
    ///   - set: a StatefulSet whose template carries no injection and has passed the checks.
    ///   - broker: its broker container.
    func render(_ set: StatefulSetView, broker: BrokerContainer) -> JSONValue {
        let environment = EnvironmentPlan.common(for: set, broker: broker, settings: settings)
        let plan = ContainerPlan(set: set, broker: broker, settings: settings, environment: environment)
        var editor = TemplateEditor(template: set.template, renderer: version, container: broker.name)
        editor.add(VolumePlan.volumes(settings: settings), to: .volumes)
        editor.add(plan.initContainers, to: .initContainers)
        addEnvironment(environment, of: set, broker: broker, to: &editor)
        addMounts(to: &editor)
        wrapHandlers(of: broker, in: &editor)
        wrapProbes(of: broker, in: &editor)
        wrapPod(of: set, broker: broker, in: &editor)
        return editor.finish()
    }

    private func addEnvironment(
        _ environment: [JSONValue],
        of set: StatefulSetView,
        broker: BrokerContainer,
        to editor: inout TemplateEditor
    ) {
        editor.add(environment, to: .env)
        editor.add([EnvironmentPlan.nodeName(for: set, settings: settings)], to: .env)
        if broker.variable(Contract.podNameVariable) == nil {
            editor.addShared(Contract.podNameVariable, value: "$(VMQ_OPERATOR_POD_NAME)")
        } else {
            editor.skip(Contract.podNameVariable)
        }
        editor.add(EnvironmentPlan.plugins(settings.plugins), to: .env)
        let secret = (set.name ?? "") + Contract.bootSecretSuffix
        editor.add([["secretRef": ["name": .string(secret), "optional": true]]], to: .envFrom)
    }

    private func addMounts(to editor: inout TemplateEditor) {
        var mounts = [ContainerPlan.scriptsMount, ContainerPlan.tokenMount]
        if !settings.plugins.isEmpty {
            mounts.append(ContainerPlan.mount(Contract.pluginsVolume, Contract.pluginsDirectory, readOnly: true))
        }
        editor.add(mounts, to: .volumeMounts)
    }

    /// The user's handlers become arguments of ours. kubelet does not expand `$` in them, before nor after.
    private func wrapHandlers(of broker: BrokerContainer, in editor: inout TemplateEditor) {
        let fields = InjectedFields(container: broker.name)
        let lifecycle = broker.value["lifecycle"]
        for (path, script, user) in [
            (fields.postStart, ["join", "start"], lifecycle?["postStart"]),
            (fields.preStop, ["leave"], lifecycle?["preStop"]),
        ] {
            editor.set(Self.chain(script, before: user), at: path.appending("exec", "command"))
        }
    }

    private func wrapProbes(of broker: BrokerContainer, in editor: inout TemplateEditor) {
        let fields = InjectedFields(container: broker.name)
        let user = broker.value["startupProbe"] ?? .null
        var failures = Self.quotient(Int64(settings.joinTimeout), Contract.gatePeriod)
        var timeout = Contract.gateTimeout
        if !user.isNull {
            // His probe begins when the gate is open, so it keeps all the time that he gave it.
            timeout += Self.bounded(user["timeoutSeconds"], default: 1)
            let budget = Self.bounded(user["periodSeconds"], default: 10)
                .multipliedReportingOverflow(by: Self.bounded(user["failureThreshold"], default: 3)).partialValue
            failures += Self.quotient(budget, Contract.gatePeriod)
        }
        let probe = fields.startupProbe
        editor.set(Self.chain(["join", "gate"], before: user), at: probe.appending("exec", "command"))
        editor.set(.integer(timeout), at: probe.appending("timeoutSeconds"))
        editor.set(.integer(Contract.gatePeriod), at: probe.appending("periodSeconds"))
        editor.set(1, at: probe.appending("successThreshold"))
        editor.set(.integer(min(failures, Int64(Int32.max))), at: probe.appending("failureThreshold"))

        let liveness = broker.value["livenessProbe"] ?? .null
        let hasHandler = liveness.objectValue?.keys.contains { !InjectedFields.probeTiming.contains($0) } ?? false
        if hasHandler, (liveness["terminationGracePeriodSeconds"] ?? .null).isNull {
            let path = fields.livenessProbe.appending("terminationGracePeriodSeconds")
            editor.set(.integer(Contract.livenessGrace), at: path)
        }
    }

    private func wrapPod(of set: StatefulSetView, broker: BrokerContainer, in editor: inout TemplateEditor) {
        let pod = PodTemplateView(set.template)
        if GracePeriod.user(pod) < settings.neededGrace {
            editor.set(.integer(settings.neededGrace), at: .gracePeriod)
        }
        if TokenMount.canBeTurnedOff(pod, broker: broker) {
            editor.set(false, at: .automountToken)
        }
    }

    /// A script of ours with the user's command, if any, as its arguments.
    private static func chain(_ script: [String], before handler: JSONValue?) -> JSONValue {
        let user = handler?["exec"]?["command"]?.arrayValue ?? []
        var command: [JSONValue] = ["/bin/sh", .string("\(Contract.scriptsDirectory)/\(script[0])")]
        command += script.dropFirst().map(JSONValue.string)
        return .array(command + user)
    }

    /// A number of the user's between 1 and what fits into 32 bits.
    private static func bounded(_ value: JSONValue?, default fallback: Int64) -> Int64 {
        min(max(value?.integerValue ?? fallback, 1), Int64(Int32.max))
    }

    /// Rounded up.
    private static func quotient(_ dividend: Int64, _ divisor: Int64) -> Int64 {
        (dividend + divisor - 1) / divisor
    }
}

/// The pod's grace period.
enum GracePeriod {
    /// What the API server puts where none is written.
    static let `default`: Int64 = 30

    /// What the user's template says, or the default.
    static func user(_ pod: PodTemplateView) -> Int64 {
        pod.spec["terminationGracePeriodSeconds"]?.integerValue ?? `default`
    }
}

/// The default token in the pod, which the hooks do not need.
enum TokenMount {
    /// The variable by which the image's own discovery, which needs the token, is turned on.
    static let discoveryVariable = "DOCKER_VERNEMQ_DISCOVERY_KUBERNETES"

    /// Whether nobody in the pod can want it: nothing is said about it, the broker is the only container, and neither its
    /// variables nor the sources of variables that cannot be seen from here turn the image's own discovery on. The image
    /// then skips its start-up check, which fails without a Role.
    static func canBeTurnedOff(_ pod: PodTemplateView, broker: BrokerContainer) -> Bool {
        (pod.spec["automountServiceAccountToken"] ?? .null).isNull && pod.containers.count == 1
            && pod.initContainers.isEmpty && broker.variable(discoveryVariable) == nil
            && broker.environmentSources.isEmpty
    }
}
