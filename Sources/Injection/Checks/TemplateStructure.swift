import Document
import VerneMQ

/// Checks that what the injection reads and changes is of the kind that Kubernetes says it is. The API server does so for
/// what comes through it; files come as they are.
struct TemplateStructure {
    private(set) var findings: [Finding] = []

    /// Every fault of the pod template of a StatefulSet.
    static func check(_ set: StatefulSetView) -> [Finding] {
        var structure = TemplateStructure()
        structure.checkMetadata(of: set.object, at: "metadata")
        guard let spec = structure.object(set.object["spec"], at: "spec", required: true),
            let template = structure.object(spec["template"], at: "spec.template", required: true)
        else { return structure.findings }
        structure.checkMetadata(of: .object(template), at: "spec.template.metadata")
        let path = "spec.template.spec"
        guard let pod = structure.object(template["spec"], at: path, required: true) else { return structure.findings }
        structure.checkNames(pod["containers"], at: "\(path).containers", required: true)
        structure.checkNames(pod["initContainers"], at: "\(path).initContainers")
        structure.checkNames(pod["volumes"], at: "\(path).volumes")
        structure.integer(pod["terminationGracePeriodSeconds"], at: "\(path).terminationGracePeriodSeconds")
        return structure.findings
    }

    /// Every fault of the broker's container.
    static func check(_ broker: BrokerContainer) -> [Finding] {
        var structure = TemplateStructure()
        let value = broker.value
        if value["image"]?.stringValue?.isEmpty != false {
            structure.fault("\(broker.path).image", "required value", "must be the broker's image")
        }
        structure.checkNames(value["env"], at: "\(broker.path).env")
        for list in ["envFrom", "volumeMounts"] { structure.objects(value[list], at: "\(broker.path).\(list)") }
        structure.object(value["securityContext"], at: "\(broker.path).securityContext")
        for probe in ["startupProbe", "livenessProbe", "readinessProbe"] {
            let path = "\(broker.path).\(probe)"
            guard let members = structure.object(value[probe], at: path) else { continue }
            for name in InjectedFields.probeTiming { structure.integer(members[name], at: "\(path).\(name)") }
        }
        if let lifecycle = structure.object(value["lifecycle"], at: "\(broker.path).lifecycle") {
            for hook in ["postStart", "preStop"] {
                structure.object(lifecycle[hook], at: "\(broker.path).lifecycle.\(hook)")
            }
        }
        return structure.findings
    }

    private mutating func checkMetadata(of object: JSONValue, at path: String) {
        guard let metadata = self.object(object["metadata"], at: path) else { return }
        for name in ["annotations", "labels"] {
            guard let map = self.object(metadata[name], at: "\(path).\(name)") else { continue }
            for (key, value) in map where value.stringValue == nil {
                fault("\(path).\(name)[\(key)]", "not a string", "must be a string; put the value in quotes")
            }
        }
    }

    private mutating func checkNames(_ value: JSONValue?, at path: String, required: Bool = false) {
        if required, value?.arrayValue?.isEmpty != false, value?.isVacant != false {
            fault(path, "required value", "must be a list with at least one entry")
        }
        for (index, entry) in objects(value, at: path).enumerated() where entry["name"]?.stringValue?.isEmpty != false {
            fault("\(path)[\(index)].name", "required value", "must be a string")
        }
    }

    @discardableResult
    private mutating func objects(_ value: JSONValue?, at path: String) -> [JSONValue] {
        guard let value, !value.isNull else { return [] }
        guard case .array(let elements) = value else {
            fault(path, "not a list", "must be a list of objects")
            return []
        }
        for (index, element) in elements.enumerated() where element.kind != .object {
            fault("\(path)[\(index)]", "not an object", "must be an object")
        }
        return elements.filter { $0.kind == .object }
    }

    @discardableResult
    private mutating func object(_ value: JSONValue?, at path: String, required: Bool = false) -> JSONObject? {
        if let object = value?.objectValue { return object }
        if let value, !value.isNull {
            fault(path, "not an object", "must be an object")
        } else if required {
            fault(path, "required value", "must be an object")
        }
        return nil
    }

    private mutating func integer(_ value: JSONValue?, at path: String) {
        if let value, !value.isNull, value.integerValue == nil { fault(path, "not a number", "must be a whole number") }
    }

    private mutating func fault(_ path: String, _ problem: String, _ remedy: String) {
        findings.append(Finding(.error, path: path, problem: problem, remedy: remedy))
    }
}
