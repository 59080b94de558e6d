import Document

/// The fields that contract version 1 sets inside something that users have or could have, and the lists and objects that
/// hold them. Frozen: a later contract gets a table of its own.
struct InjectedFields {
    let container: TemplatePath

    init(container name: String) {
        container = .container(name)
    }

    var postStart: TemplatePath { container.appending("lifecycle", "postStart") }
    var preStop: TemplatePath { container.appending("lifecycle", "preStop") }
    var startupProbe: TemplatePath { container.appending("startupProbe") }
    var livenessProbe: TemplatePath { container.appending("livenessProbe") }
    var podNameVariable: TemplatePath { container.appending("env", Contract.podNameVariable) }

    /// Every field that may be wrapped.
    var wrappable: [TemplatePath] {
        [
            .gracePeriod, .automountToken,
            postStart.appending("exec", "command"),
            preStop.appending("exec", "command"),
            startupProbe.appending("exec", "command"),
            livenessProbe.appending("terminationGracePeriodSeconds"),
            podNameVariable.appending("value"),
        ] + Self.probeDefaults.map { startupProbe.appending($0.field) }
    }

    /// Every list or object that goes when nothing is left in it, inner ones before outer ones.
    var prunable: [TemplatePath] {
        [
            podNameVariable, container.appending("env"), container.appending("envFrom"),
            container.appending("volumeMounts"),
            postStart.appending("exec"), postStart, preStop.appending("exec"), preStop,
            container.appending("lifecycle"),
            startupProbe.appending("exec"), startupProbe, livenessProbe,
            .initContainers, .volumes, .annotations, .metadata,
        ]
    }

    /// The fields of a startup probe that we set, with what the API server puts there when they are absent.
    static let probeDefaults: [(field: String, value: Int64)] = [
        ("timeoutSeconds", 1), ("periodSeconds", 10), ("successThreshold", 1), ("failureThreshold", 3),
    ]

    /// The fields of a probe that say when and not what: a probe that has no others does nothing and is not valid.
    static let probeTiming = [
        "initialDelaySeconds", "timeoutSeconds", "periodSeconds", "successThreshold", "failureThreshold",
        "terminationGracePeriodSeconds",
    ]

    /// A template of the user's as an API server would store it, in the fields that we set and the lists that we add to:
    /// with its defaults, and without nulls and empty lists. A template that was injected as a file means the same as the
    /// one that a server has stored, and must not look like a change.
    func asStored(_ template: JSONValue) -> JSONValue {
        var template = template
        for path in prunable where path != podNameVariable {
            guard let value = template.value(at: path), value.isVacant else { continue }
            let isMap = path == .annotations || path == .metadata
            if value.objectValue == nil || isMap { template.change(path) { $0 = nil } }
        }
        for path in wrappable where template.value(at: path)?.isNull == true {
            template.change(path) { $0 = nil }
        }
        template.change(.gracePeriod) { value in
            if value?.isNull != false { value = .integer(GracePeriod.default) }
        }
        template.change(startupProbe) { probe in
            guard case .object(var members) = probe else { return }
            for (field, value) in Self.probeDefaults where members[field]?.isNull != false {
                members[field] = .integer(value)
            }
            probe = .object(members)
        }
        return template
    }

    /// Whether nothing is left of what stood at a prunable place.
    func isLeftover(_ value: JSONValue, at path: TemplatePath) -> Bool {
        if path == startupProbe || path == livenessProbe {
            return value.objectValue?.keys.allSatisfy(Self.probeTiming.contains) ?? value.isNull
        }
        if path == podNameVariable {
            return value.objectValue?.keys == ["name"]
        }
        return value.isVacant
    }
}
