import Document
import VerneMQ

/// Reads a StatefulSet. Nothing here fails: what is not there, or not of the expected kind, is nil or empty; whether it may
/// be so is for the checks to say.
struct StatefulSetView {
    let object: JSONValue

    init(_ object: JSONValue) {
        self.object = object
    }

    var isStatefulSet: Bool {
        object["kind"]?.stringValue == "StatefulSet" && object["apiVersion"]?.stringValue?.hasPrefix("apps/") == true
    }

    var name: String? { object["metadata"]?["name"]?.stringValue }
    var namespace: String? { object["metadata"]?["namespace"]?.stringValue }
    var isBeingDeleted: Bool { object["metadata"]?["deletionTimestamp"].map { !$0.isNull } ?? false }

    /// The value of the label that opts in.
    var injectLabel: String? { object["metadata"]?["labels"]?[Label.inject.name]?.stringValue }
    /// Whether the object asks for an injection.
    var isSelected: Bool { injectLabel == Label.enabled }

    func annotation(_ annotation: Annotation) -> String? {
        object["metadata"]?["annotations"]?[annotation.name]?.stringValue
    }

    /// The annotations that rendering reads: part of what pins a template.
    var renderingAnnotations: [String?] { Annotation.readByRendering.map(annotation) }

    /// The labels and annotations of the StatefulSet that are ours, with their values.
    var ownNames: [JSONObject] {
        ["labels", "annotations"].map { map in
            object["metadata"]?[map]?.objectValue?.filter { name, _ in name.hasPrefix(OperatorName.prefix) } ?? [:]
        }
    }

    var template: JSONValue { object["spec"]?["template"] ?? .null }
    var serviceName: String { object["spec"]?["serviceName"]?.stringValue ?? "" }
    var isOrderedReady: Bool { object["spec"]?["podManagementPolicy"]?.stringValue ?? "OrderedReady" == "OrderedReady" }

    /// The names of the claim templates.
    var claimNames: [String] {
        (object["spec"]?["volumeClaimTemplates"]?.arrayValue ?? []).compactMap { $0["metadata"]?["name"]?.stringValue }
    }

    /// Whether there are pods, or shall be.
    var hasReplicas: Bool {
        object["spec"]?["replicas"]?.integerValue ?? 1 > 0 || object["status"]?["replicas"]?.integerValue ?? 0 > 0
    }

    /// The text of the ledger, nil if the template carries none.
    var ledgerText: String? {
        object["spec"]?["template"]?["metadata"]?["annotations"]?[Annotation.injected.name]?.stringValue
    }

    /// The ledger, nil if the template carries none.
    func ledger() throws(LedgerError) -> Ledger? {
        guard let ledgerText else { return nil }
        return try Ledger(text: ledgerText)
    }

    /// The object with another template in the place of its own.
    func with(template: JSONValue) -> JSONValue {
        var object = object
        object.change(TemplatePath("spec", "template")) { $0 = template }
        return object
    }
}

/// Reads a pod template.
struct PodTemplateView {
    let template: JSONValue

    init(_ template: JSONValue) {
        self.template = template
    }

    var spec: JSONValue { template["spec"] ?? .null }
    var containers: [JSONValue] { spec["containers"]?.arrayValue ?? [] }
    var initContainers: [JSONValue] { spec["initContainers"]?.arrayValue ?? [] }
    var volumes: [JSONValue] { spec["volumes"]?.arrayValue ?? [] }
}

/// The broker's container in a template, and where it stands.
struct BrokerContainer {
    let value: JSONValue
    let name: String
    /// Its path as the API server writes it: `spec.template.spec.containers[0]`.
    let path: String

    var environment: [JSONValue] { value["env"]?.arrayValue ?? [] }
    var environmentSources: [JSONValue] { value["envFrom"]?.arrayValue ?? [] }
    var mounts: [JSONValue] { value["volumeMounts"]?.arrayValue ?? [] }

    /// The entry of `env` that counts for a name: the last one.
    func variable(_ name: String) -> JSONValue? {
        environment.last { $0["name"]?.stringValue == name }
    }

    /// The pull policy, the API server's default where none is written.
    var imagePullPolicy: String {
        let image = value["image"]?.stringValue.flatMap(ImageReference.init)
        return value["imagePullPolicy"]?.stringValue ?? image?.defaultPullPolicy ?? "IfNotPresent"
    }
}
