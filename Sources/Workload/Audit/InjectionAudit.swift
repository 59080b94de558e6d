public import Document
public import Injection
import Kubernetes
import VerneMQ

/// What the audit of a StatefulSet found.
public struct InjectionAssessment: Sendable, Hashable {
    /// How it stands with the injection.
    public enum State: String, Sendable, Hashable, CaseIterable {
        /// Not labelled, nothing injected.
        case notSelected
        /// The annotation `pause` is set, or it is being deleted: nobody looks further.
        case leftAlone
        /// All as it should be.
        case injected
        /// Labelled, not injected: the webhook was not there, or the label is older than the operator.
        case missing
        /// Injected, but not as the annotations now say.
        case stale
        /// Injected, and parts of it are gone.
        case damaged
        /// Labelled, and there are errors because of which it cannot be injected.
        case refused
        /// Injected, and not labelled any more.
        case leftOver
    }

    /// What can be done about it.
    public enum Repair: Sendable, Hashable {
        /// Nothing is to be done, or only a person can.
        case none
        /// No pod exists yet: this JSON patch, which fails if the object has changed meanwhile.
        case patch(JSONPatch)
        /// Pods would roll: this command, for a person to decide.
        case command(String)
    }

    /// How it stands with the injection.
    public internal(set) var state: State
    /// What can be done about that.
    public internal(set) var repair: Repair
    /// Everything that is not as it should be, the injection included.
    public internal(set) var concerns: [Concern]
    /// Role, binding and boot Secret that are to be applied.
    public internal(set) var objects: [DesiredObject]
}

/// What stands around a StatefulSet, as the API server has it.
public struct InjectionSurroundings: Sendable {
    /// The pods that the set controls.
    public var pods: [JSONValue]
    /// The Services of its namespace, or the governing one alone.
    public var services: [JSONValue]
    /// The Roles of its namespace, or ours alone.
    public var roles: [JSONValue]
    /// The RoleBindings of its namespace, or ours alone.
    public var roleBindings: [JSONValue]

    /// Gathers what was read.
    public init(
        pods: [JSONValue] = [],
        services: [JSONValue] = [],
        roles: [JSONValue] = [],
        roleBindings: [JSONValue] = []
    ) {
        self.pods = pods
        self.services = services
        self.roles = roles
        self.roleBindings = roleBindings
    }
}

/// Finds what slipped through the webhook, and what an injected StatefulSet lacks around it. It repairs at once only what no
/// pod runs on yet.
public enum InjectionAudit {
    /// Assesses a StatefulSet.
    ///
    /// - Parameters:
    ///   - statefulSet: the set as it is stored.
    ///   - surroundings: what stands around it.
    ///   - injector: the injector of this operator.
    public static func assess(
        _ statefulSet: JSONValue,
        _ surroundings: InjectionSurroundings,
        injector: Injector
    ) -> InjectionAssessment {
        var assessment = InjectionAssessment(state: .notSelected, repair: .none, concerns: [], objects: [])
        let view = ObjectView(statefulSet)
        guard !view.isBeingDeleted, view.annotation(Annotation.pause.name) != "true" else {
            assessment.state = .leftAlone
            return assessment
        }
        let injection = InjectionState(of: statefulSet)
        guard injection.isSelected else {
            if injection.isInjected { leftOver(statefulSet, surroundings, injector, &assessment) }
            return assessment
        }
        examine(injection, of: statefulSet, surroundings, injector, &assessment)
        let set = AuditedSet(statefulSet, injection: injection)
        if assessment.state == .injected, let concern = set.uninjectedPods(surroundings.pods) {
            assessment.concerns.append(concern)
        }
        assessment.concerns += ServiceAudit.concerns(of: set, services: surroundings.services)
        PermissionAudit.examine(set, surroundings, &assessment)
        return assessment
    }

    private static func examine(
        _ injection: InjectionState,
        of statefulSet: JSONValue,
        _ surroundings: InjectionSurroundings,
        _ injector: Injector,
        _ assessment: inout InjectionAssessment
    ) {
        let renewed = Renewal(statefulSet, injector: injector)
        if let errors = renewed.errors {
            // What runs with a whole injection runs on, whatever a newer operator thinks of it.
            guard !injection.isInjected || !injection.faults.isEmpty else {
                assessment.state = .injected
                return
            }
            assessment.state = .refused
            let list = errors.map(\.description).joined(separator: "; ")
            assessment.concerns.append(
                Concern(.injectionRefused, "It cannot be injected: \(list).", remedy: "mend the manifest and apply it")
            )
            return
        }
        if !injection.isInjected {
            assessment.state = .missing
        } else if !injection.faults.isEmpty {
            assessment.state = .damaged
        } else if renewed.isStale(statefulSet, injection) {
            assessment.state = .stale
        } else {
            assessment.state = .injected
            return
        }
        let hasPods = !surroundings.pods.isEmpty || statefulSet["status"]?["replicas"]?.integerValue ?? 0 > 0
        assessment.repair = hasPods ? .command(renewed.command) : .patch(renewed.patch)
        let remedy = hasPods ? "its pods will restart one by one: \(renewed.command)" : "the operator injects it now"
        assessment.concerns.append(concern(assessment.state, injection, hasPods: hasPods, remedy: remedy))
    }

    private static func concern(
        _ state: InjectionAssessment.State,
        _ injection: InjectionState,
        hasPods: Bool,
        remedy: String
    ) -> Concern {
        let running = hasPods ? " Its pods run without it." : ""
        switch state {
        case .stale:
            return Concern(
                .injectionStale,
                "The injection is not the one that the annotations ask for: they were changed while no webhook was there.",
                remedy: remedy
            )
        case .damaged:
            let faults = injection.faults.map(\.description).joined(separator: "; ")
            return Concern(.injectionDamaged, "The injection is not whole: \(faults).", remedy: remedy)
        default:
            return Concern(
                .injectionMissing,
                "It is labelled for an injection and carries none: no webhook was there when it was labelled.\(running)",
                remedy: remedy
            )
        }
    }

    private static func leftOver(
        _ statefulSet: JSONValue,
        _ surroundings: InjectionSurroundings,
        _ injector: Injector,
        _ assessment: inout InjectionAssessment
    ) {
        assessment.state = .leftOver
        let view = ObjectView(statefulSet)
        let decision = injector.strip(statefulSet)
        let target = "statefulset \(view.name ?? "")" + (view.namespace.map { " --namespace \($0)" } ?? "")
        let command =
            "kubectl get \(target) --output yaml | vernemq-operator inject --uninject --filename - "
            + "| kubectl replace --filename -"
        if surroundings.pods.isEmpty, decision.verdict == .stripped {
            assessment.repair = .patch(Renewal.patch(from: statefulSet, to: decision.object))
        } else {
            assessment.repair = .command(command)
        }
        assessment.concerns.append(
            Concern(
                .injectionLeftOver,
                "The label was removed while no webhook was there, and the injection is still in the template.",
                remedy: surroundings.pods.isEmpty ? "the operator takes it out now" : command
            )
        )
    }
}
