import Document

extension VerneMQResource {
    // MARK: - Storage

    static func checkStorage(of spec: JSONValue, _ list: inout FindingList) {
        guard let storage = spec["storage"], !storage.isNull else { return }
        let claim = storage["volumeClaimTemplate"]
        let emptyDir = storage["emptyDir"]
        if claim?.objectValue != nil, emptyDir?.objectValue != nil {
            list.error(
                "spec.storage",
                "has both emptyDir and volumeClaimTemplate",
                remedy: "keep volumeClaimTemplate for data that outlives pods, emptyDir for data that dies with them"
            )
        }
        if let limit = emptyDir?["sizeLimit"] { checkQuantity(limit, "spec.storage.emptyDir.sizeLimit", &list) }
        guard let claim, claim.objectValue != nil else { return }
        let path = "spec.storage.volumeClaimTemplate.spec"
        let requested = claim["spec"]?["resources"]?["requests"]?["storage"]
        if let requested, !requested.isNull {
            checkQuantity(requested, "\(path).resources.requests.storage", &list)
        } else {
            list.error("\(path).resources.requests.storage", "required value", remedy: "must say how much, as in 10Gi")
        }
        let modes = claim["spec"]?["accessModes"]?.arrayValue ?? []
        let known = ["ReadWriteOnce", "ReadOnlyMany", "ReadWriteMany", "ReadWriteOncePod"]
        for (index, mode) in modes.enumerated() {
            guard let text = mode.stringValue, !known.contains(text) else { continue }
            let remedy = Suggestion.remedy(for: text, among: known)
            list.error("\(path).accessModes[\(index)]", text, "unsupported value", remedy: remedy)
        }
    }

    private static func checkQuantity(_ value: JSONValue, _ path: String, _ list: inout FindingList) {
        guard !value.isNull else { return }
        let text = value.stringValue ?? value.serializedString()
        guard let amount = Quantity.amount(text) else {
            list.error(path, text, "not a quantity", remedy: Quantity.rule)
            return
        }
        if amount < 0 { list.error(path, text, "negative", remedy: "must be 0 or more") }
    }

    // MARK: - Pods

    static func checkPods(of spec: JSONValue, _ list: inout FindingList) {
        checkContainers(of: spec, &list)
        checkResources(of: spec, &list)
        checkEnvironment(of: spec, &list)
        checkTolerations(of: spec, &list)
        for field in ["labels", "annotations"] {
            let path = "spec.podMetadata.\(field)"
            for (name, value) in spec["podMetadata"]?[field]?.objectValue ?? [:] {
                if value.stringValue == nil {
                    list.error("\(path)[\(name)]", "not a string", remedy: "must be a string; put the value in quotes")
                }
                if name.hasPrefix(OperatorName.prefix) {
                    let remedy = "put it on the resource itself, or remove it"
                    list.error("\(path)[\(name)]", "is reserved for the operator", remedy: remedy)
                }
            }
        }
    }

    private static func checkContainers(of spec: JSONValue, _ list: inout FindingList) {
        var seen: Set<String> = ["vernemq"]
        for (index, container) in (spec["containers"]?.arrayValue ?? []).enumerated() {
            guard container.objectValue != nil else { continue }
            let path = "spec.containers[\(index)]"
            guard let name = container["name"]?.stringValue, !name.isEmpty else {
                list.error("\(path).name", "required value", remedy: "must be a string")
                continue
            }
            if !DNSName.isLabel(name) {
                list.error("\(path).name", name, "not the name of a container", remedy: DNSName.labelRule)
            } else if ReservedName.isContainer(name) {
                list.error("\(path).name", name, "is reserved for the operator", remedy: "rename it")
            } else if !seen.insert(name).inserted {
                let problem = name == "vernemq" ? "is the broker's container" : "stands in the list before"
                list.error("\(path).name", name, problem, remedy: "rename it")
            }
            if container["image"]?.stringValue?.isEmpty != false {
                list.error("\(path).image", "required value", remedy: "must be an image reference")
            }
        }
    }

    private static func checkResources(of spec: JSONValue, _ list: inout FindingList) {
        guard let resources = spec["resources"], resources.objectValue != nil else { return }
        for name in resources.objectValue?.keys ?? [] where !["requests", "limits", "claims"].contains(name) {
            let remedy = Suggestion.remedy(for: name, among: ["requests", "limits", "claims"])
            list.error("spec.resources.\(name)", "unknown field", remedy: remedy)
        }
        for kind in ["requests", "limits"] {
            for (name, value) in resources[kind]?.objectValue ?? [:] {
                checkQuantity(value, "spec.resources.\(kind).\(name)", &list)
            }
        }
        for (name, value) in resources["requests"]?.objectValue ?? [:] {
            guard let limit = resources["limits"]?[name], let most = amount(limit), let asked = amount(value),
                asked > most
            else { continue }
            let text = value.stringValue ?? value.serializedString()
            let remedy = "must be at most the limit"
            list.error("spec.resources.requests.\(name)", text, "is more than the limit", remedy: remedy)
        }
    }

    private static func amount(_ value: JSONValue) -> Double? {
        Quantity.amount(value.stringValue ?? value.serializedString())
    }

    private static func checkEnvironment(of spec: JSONValue, _ list: inout FindingList) {
        var seen: Set<String> = []
        for (index, variable) in (spec["env"]?.arrayValue ?? []).enumerated() {
            guard variable.objectValue != nil else { continue }
            let path = "spec.env[\(index)]"
            guard let name = variable["name"]?.stringValue, !name.isEmpty else {
                list.error("\(path).name", "required value", remedy: "must be the name of a variable")
                continue
            }
            if !isVariable(name) {
                let remedy = "must be letters, digits, _, - and ., not beginning with a digit"
                list.error("\(path).name", name, "not the name of a variable", remedy: remedy)
            }
            if ReservedName.isVariable(name) {
                let remedy =
                    name == ReservedName.nodeNameVariable
                    ? "remove it: the operator names the brokers" : "rename or remove it"
                list.error("\(path).name", name, "is reserved for the operator", remedy: remedy)
            } else if !seen.insert(name).inserted {
                list.warning(
                    "\(path).name",
                    name,
                    "stands in the list before, and the last one counts",
                    remedy: "remove one"
                )
            }
            checkValue(of: variable, path, &list)
            if name == "API_KEY" {
                let problem = "a broker that gets an API key before it has joined can never join"
                list.warning("\(path).name", name, problem, remedy: "make API keys after the cluster is whole")
            } else if name.hasPrefix("DOCKER_VERNEMQ_DISCOVERY_") {
                let problem = "the image's own discovery joins beside the operator's and may wipe state"
                list.warning("\(path).name", name, problem, remedy: "remove it: the operator joins")
            }
        }
    }

    private static func checkValue(of variable: JSONValue, _ path: String, _ list: inout FindingList) {
        let hasSource = variable["valueFrom"]?.isNull == false
        guard let value = variable["value"], !value.isNull else { return }
        if value.stringValue == nil {
            list.error("\(path).value", "not a string", remedy: "must be a string; put the value in quotes")
        } else if hasSource, value.stringValue?.isEmpty == false {
            list.error("\(path).valueFrom", "contradicts value", remedy: "keep one of them")
        }
    }

    /// A name as the API server takes it (C_IDENTIFIER with dots and hyphens).
    private static func isVariable(_ name: String) -> Bool {
        guard let first = name.utf8.first, !first.isASCIIDigit else { return false }
        return name.utf8.allSatisfy { $0.isASCIILetter || $0.isASCIIDigit || "_-.".utf8.contains($0) }
    }

    private static func checkTolerations(of spec: JSONValue, _ list: inout FindingList) {
        let choices = [
            ("operator", ["Exists", "Equal"]), ("effect", ["NoSchedule", "PreferNoSchedule", "NoExecute"]),
        ]
        for (index, toleration) in (spec["tolerations"]?.arrayValue ?? []).enumerated() {
            for (field, known) in choices {
                guard let text = toleration[field]?.stringValue, !text.isEmpty, !known.contains(text) else { continue }
                let remedy = Suggestion.remedy(for: text, among: known)
                list.error("spec.tolerations[\(index)].\(field)", text, "unsupported value", remedy: remedy)
            }
        }
    }
}
