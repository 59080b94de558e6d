import Document

/// The defaults of the API server (`pkg/apis/core/v1/defaults.go`) for the fields that the tests use, and its habit of not
/// storing empty lists, empty maps and nulls.
enum Defaults {
    static func fill(_ object: JSONValue) -> JSONValue {
        var object = clean(object, at: [])
        setIfAbsent(&object, ["spec"], "replicas", 1)
        object.edit(["spec", "template", "spec"]) { pod in
            setIfAbsent(&pod, [], "terminationGracePeriodSeconds", 30)
            setIfAbsent(&pod, [], "restartPolicy", "Always")
            for list in ["containers", "initContainers"] { pod.editElements([list], container) }
            pod.editElements(["volumes"], volume)
        }
        return object
    }

    private static func container(_ container: inout JSONValue) {
        setIfAbsent(&container, [], "terminationMessagePath", "/dev/termination-log")
        setIfAbsent(&container, [], "terminationMessagePolicy", "File")
        let image = container["image"]?.stringValue ?? ""
        let isFloating = image.hasSuffix(":latest") || !image.contains(":")
        setIfAbsent(&container, [], "imagePullPolicy", isFloating ? "Always" : "IfNotPresent")
        container.editElements(["env"]) { setIfAbsent(&$0, ["valueFrom", "fieldRef"], "apiVersion", "v1") }
        for probe in ["livenessProbe", "readinessProbe", "startupProbe"] where container[probe] != nil {
            for (field, value) in [
                ("timeoutSeconds", 1), ("periodSeconds", 10), ("successThreshold", 1), ("failureThreshold", 3),
            ] {
                setIfAbsent(&container, [probe], field, .integer(Int64(value)))
            }
            setIfAbsent(&container, [probe, "httpGet"], "scheme", "HTTP")
        }
    }

    private static func volume(_ volume: inout JSONValue) {
        for source in ["secret", "configMap", "projected"] { setIfAbsent(&volume, [source], "defaultMode", 420) }
        if volume.objectValue?.count == 1 { volume["emptyDir"] = [:] }
    }

    private static func setIfAbsent(_ value: inout JSONValue, _ path: [String], _ field: String, _ fallback: JSONValue)
    {
        value.edit(path) { if $0[field] == nil { $0[field] = fallback } }
    }

    /// Drops what Go's `omitempty` drops: nulls and empty lists everywhere, empty maps and strings where they are no more
    /// than that (an emptyDir means something).
    private static func clean(_ value: JSONValue, at path: [String]) -> JSONValue {
        switch value {
        case .object(let members):
            var result = JSONObject()
            for (name, member) in members {
                let member = clean(member, at: path + [name])
                let isEmptyMap = member == [:] && ["annotations", "labels", "status"].contains(name)
                let isEmptyText = member == "" && name == "value"
                if member.isNull || member == [] || isEmptyMap || isEmptyText { continue }
                result[name] = member
            }
            return .object(result)
        case .array(let elements): return .array(elements.map { clean($0, at: path) })
        default: return value
        }
    }
}

extension JSONValue {
    /// Changes the object at a path of member names, if there is one.
    mutating func edit(_ path: [String], _ change: (inout JSONValue) -> Void) {
        guard let name = path.first else { return change(&self) }
        guard var member = self[name], !member.isNull else { return }
        member.edit(Array(path.dropFirst()), change)
        self[name] = member
    }

    /// Changes every element of the list at a path.
    mutating func editElements(_ path: [String], _ change: (inout JSONValue) -> Void) {
        edit(path) { list in
            guard case .array(var elements) = list else { return }
            for index in elements.indices { change(&elements[index]) }
            list = .array(elements)
        }
    }

    /// Changes the broker's container, the first of the given name.
    mutating func editContainer(_ name: String = "vernemq", _ change: (inout JSONValue) -> Void) {
        editElements(["spec", "template", "spec", "containers"]) { if $0["name"]?.stringValue == name { change(&$0) } }
    }

    /// The container of that name.
    func container(_ name: String = "vernemq") -> JSONValue? {
        self["spec"]?["template"]?["spec"]?["containers"]?.arrayValue?.first { $0["name"]?.stringValue == name }
    }

    /// The object with its members sorted, as a server with fixed field order would write it.
    var sorted: JSONValue {
        switch self {
        case .object(let members):
            var result = JSONObject()
            for (name, value) in members.sorted(by: { $0.key < $1.key }) { result[name] = value.sorted }
            return .object(result)
        case .array(let elements): return .array(elements.map(\.sorted))
        default: return self
        }
    }
}
