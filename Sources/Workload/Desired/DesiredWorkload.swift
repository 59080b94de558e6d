public import Document
import Injection
import Kubernetes
import LiveConfiguration
public import VerneMQ

/// Everything that a `VerneMQ` resource asks for: a function of the resource, of the settings that are read from it and
/// what it refers to, and of a StatefulSet of the user's own if it names one. Equal inputs give equal bytes.
public struct DesiredWorkload: Sendable, Hashable {
    /// What to apply, in this order: what pods need at their start before the StatefulSet. Without what must not be written:
    /// nothing at all if the resource cannot be carried out, no boot Secret if its settings have an error, no StatefulSet if
    /// the webhook would refuse it.
    public let objects: [DesiredObject]
    /// What is wrong, for the resource's conditions.
    public let findings: [Finding]

    /// What is wanted and not in the boot Secret yet, for the sake of brokers of another release.
    public var withheld: [WithheldSetting] = []

    /// Whether there is an error.
    public var hasErrors: Bool { findings.contains { $0.severity == .error } }

    /// Computes it.
    ///
    /// - Parameters:
    ///   - resource: the `VerneMQ` resource.
    ///   - settings: the settings of `spec.config`, `spec.vmqConfig` and the ConfigMap that the resource names, valid.
    ///   - statefulSet: the StatefulSet as it is stored: that of the user's that `spec.statefulSetRef` names, or ours; nil
    ///     if there is none. With settings that have an error, a set that is there goes on with the Secret that it has,
    ///     and one that is not there is not made.
    ///   - releases: the releases of the brokers that there are, which start with the same boot Secret.
    ///   - capabilities: what the API server offers.
    public static func make(
        from resource: JSONValue,
        settings: [Setting],
        statefulSet: JSONValue? = nil,
        beside releases: Set<VerneMQVersion> = [],
        capabilities: ServerCapabilities = ServerCapabilities()
    ) -> DesiredWorkload {
        let resource = ClusterResource(resource)
        guard !resource.isBeingDeleted, !resource.isPaused else { return DesiredWorkload(objects: [], findings: []) }
        if resource.referencedStatefulSet != nil {
            return referenced(resource, settings: settings, statefulSet: statefulSet, beside: releases)
        }
        return own(
            resource,
            settings: settings,
            stored: statefulSet,
            beside: releases,
            capabilities: capabilities
        )
    }

    private static func own(
        _ resource: ClusterResource,
        settings: [Setting],
        stored: JSONValue?,
        beside releases: Set<VerneMQVersion>,
        capabilities: ServerCapabilities
    ) -> DesiredWorkload {
        let environment = BrokerEnvironment(resource)
        let storage = BrokerStorage(resource)
        let boot = BootSettings(
            settings,
            environment: environment.entries,
            version: version(of: resource),
            beside: releases
        )
        let flags = EmulatorFlags(resource, defined: environment.names)
        var entries = environment.entries + boot.variables
        if let text = flags.text { entries.append(["name": .string(EmulatorFlags.variable), "value": .string(text)]) }
        let template = PodTemplatePlan(resource: resource, environment: entries, storage: storage)

        var faults = WorkloadNames.check(resource) + environment.findings + storage.findings
        faults += template.findings + flags.findings
        var findings = faults + boot.findings
        let isBootable = boot.findings.isEmpty
        guard !faults.contains(where: { $0.severity == .error }), isBootable || stored != nil else {
            return DesiredWorkload(objects: [], findings: findings)
        }
        let statefulSet = StatefulSetPlan.statefulSet(resource, template: template)
        let refusals = refusals(of: statefulSet, stored: stored)
        findings += refusals
        guard refusals.isEmpty || stored != nil else { return DesiredWorkload(objects: [], findings: findings) }
        let ports = ListenerPorts.all(resource, settings: settings, environment: entries)
        var objects: [DesiredObject] = []
        if let account = SurroundingsPlan.serviceAccount(resource) {
            objects.append(DesiredObject(.serviceAccount, account))
        }
        objects += CompanionPlan.objects(
            for: statefulSet,
            owner: resource.ownerReference,
            labels: WorkloadLabels.selector(resource),
            boot: isBootable ? .some(boot.data) : .none
        )
        objects.append(DesiredObject(.governingService, SurroundingsPlan.governingService(resource)))
        if !ports.isEmpty {  // a Service without ports is not valid
            objects.append(DesiredObject(.clientService, SurroundingsPlan.clientService(resource, ports: ports)))
        }
        let budget = SurroundingsPlan.disruptionBudget(resource, capabilities: capabilities)
        objects.append(DesiredObject(.disruptionBudget, budget))
        if refusals.isEmpty { objects.append(DesiredObject(.statefulSet, statefulSet)) }
        return DesiredWorkload(objects: objects, findings: findings, withheld: boot.withheld)
    }

    private static func version(of resource: ClusterResource) -> VerneMQVersion {
        ConfigurationSchema.version(for: VerneMQResource.declaredVersion(of: resource.object)).version
    }

    /// Why the webhook would refuse the StatefulSet, with paths in it.
    private static func refusals(of statefulSet: JSONValue, stored: JSONValue?) -> [Finding] {
        // The version only gets into the ledger of an injection that is thrown away here.
        let decision = Injector(version: "0").decide(statefulSet, old: stored)
        guard decision.verdict == .refused else { return [] }
        let name = ObjectView(statefulSet).name ?? ""
        return decision.findings.filter { $0.severity == .error }.map { finding in
            var finding = finding
            finding.path = "StatefulSet \(name): \(finding.path)"
            return finding
        }
    }

    // MARK: - A StatefulSet of the user's own

    /// Only annotations that the injection and the controllers read, and what a labelled set leans on; the set's shape and
    /// its Services are the user's.
    private static func referenced(
        _ resource: ClusterResource,
        settings: [Setting],
        statefulSet: JSONValue?,
        beside releases: Set<VerneMQVersion>
    ) -> DesiredWorkload {
        let name = resource.referencedStatefulSet ?? ""
        var findings = unusedFields(of: resource)
        guard !findings.contains(where: { $0.severity == .error }) else {
            return DesiredWorkload(objects: [], findings: findings)
        }
        guard let statefulSet else {
            let problem = "there is no StatefulSet of this name"
            let remedy = "create it, with the label \(Label.inject.name): \(Label.enabled)"
            findings.append(
                Finding(.error, path: "spec.statefulSetRef.name", value: name, problem: problem, remedy: remedy)
            )
            return DesiredWorkload(objects: [], findings: findings)
        }
        let broker = InjectionState(of: statefulSet).broker
        // The resource need not say which release the set's image is of.
        let template = PodSurroundings.read(
            statefulSet["spec"]?["template"] ?? .null,
            container: broker?["name"]?.stringValue ?? "",
            declared: VerneMQResource.declaredVersion(of: resource.object)
        )
        let boot = BootSettings(
            settings,
            environment: broker?["env"]?.arrayValue ?? [],
            version: version(of: resource),
            beside: releases.union([template.version])
        )
        for variable in boot.variables {
            let name = variable["name"]?.stringValue ?? ""
            let remedy = "set the variable \(name) in the StatefulSet itself"
            let problem = "refers to a variable, which a Secret cannot"
            findings.append(Finding(.error, path: "spec.vmqConfig", value: name, problem: problem, remedy: remedy))
        }
        findings += boot.findings
        let isBootable = boot.findings.isEmpty && boot.variables.isEmpty
        var objects = CompanionPlan.objects(
            for: statefulSet,
            owner: OwnerReference.of(statefulSet),
            labels: [],
            boot: isBootable ? .some(boot.data) : .none
        )
        let annotations = StatefulSetPlan.annotations(resource)
        if !annotations.isEmpty {
            objects.append(DesiredObject(.statefulSet, annotationsOnly(annotations, of: statefulSet)))
        }
        return DesiredWorkload(objects: objects, findings: findings, withheld: boot.withheld)
    }

    private static func annotationsOnly(_ annotations: [(String, String)], of statefulSet: JSONValue) -> JSONValue {
        let view = ObjectView(statefulSet)
        return [
            "apiVersion": "apps/v1",
            "kind": "StatefulSet",
            "metadata": .members([
                ("name", .string(view.name ?? "")),
                ("namespace", view.namespace.map(JSONValue.string)),
                // An apply never makes the object anew if it is gone in the meantime.
                ("uid", view.uid.map(JSONValue.string)),
                ("annotations", .strings(annotations)),
            ]),
        ]
    }

    private static func unusedFields(of resource: ClusterResource) -> [Finding] {
        let used = ["statefulSetRef", "clusterDomain", "restartPolicy", "vmqConfig", "configFrom", "config"]
        let own = ["externalPlugins", "version"]
        let fields = resource.object["spec"]?.objectValue?.filter { !$0.value.isNull }.keys ?? []
        return fields.filter { !used.contains($0) && !own.contains($0) && !$0.hasPrefix("bundler") }.map { field in
            Finding(
                field == "size" ? .error : .warning,
                path: "spec.\(field)",
                problem: "has no effect on a StatefulSet of the user's own",
                remedy: "set it in the StatefulSet, or remove statefulSetRef"
            )
        }
    }
}

extension OwnerReference {
    /// The reference to a StatefulSet as controller, nil for one that no server has stored.
    static func of(_ statefulSet: JSONValue) -> JSONValue? {
        let view = ObjectView(statefulSet)
        guard let name = view.name, let uid = view.uid else { return nil }
        return controller(apiVersion: "apps/v1", kind: "StatefulSet", name: name, uid: uid)
    }
}
