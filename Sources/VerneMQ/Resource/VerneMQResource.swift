public import Document

/// Judges `VerneMQ` resources: structure, meaning, configuration, and on an update what may not change.
public enum VerneMQResource {
    /// Everything that is wrong with, or unwise in, a resource.
    ///
    /// - Parameters:
    ///   - resource: the resource that is to be stored.
    ///   - old: the one that is stored, nil on CREATE. Where the two have the same `spec`, nothing is said: what was
    ///     accepted once does not stand in the way of a change of labels.
    ///   - configMap: the ConfigMap that `spec.configFrom` names, where it is known; its settings are judged together with
    ///     the resource's own. Paths into it begin with `ConfigMap NAME: `.
    ///   - pluginPolicy: where plugins may come from.
    ///   - assumed: the version to judge by, whatever the resource declares; nil for what it declares.
    public static func validate(
        _ resource: JSONValue,
        old: JSONValue? = nil,
        configMap: JSONValue? = nil,
        pluginPolicy: PluginPolicy = .unrestricted,
        judgingBy assumed: VerneMQVersion? = nil
    ) -> [Finding] {
        if let old, let spec = resource["spec"], let before = old["spec"], spec.isEquivalent(to: before),
            configMap == nil
        {
            return []
        }
        let structure = VerneMQStructure.validate(resource)
        guard let spec = resource["spec"], spec.objectValue != nil else { return structure }
        var list = FindingList()
        list.add(structure)
        checkNames(of: resource, spec, &list)
        checkMode(of: spec, &list)
        checkImage(of: spec, &list)
        checkStorage(of: spec, &list)
        checkPods(of: spec, &list)
        checkPlugins(of: spec, pluginPolicy, &list)
        checkVMArguments(of: spec, &list)
        let version = assumed.map { (version: $0, warning: nil) } ?? VerneMQResource.version(of: spec)
        let configuration = configuration(of: spec, configMap: configMap)
        let context = context(of: spec, isComplete: isComplete(spec, configMap: configMap))
        let judgement = configuration.judged(by: version.version, context: context)
        if !configuration.settings.isEmpty, let warning = version.warning { list.add([warning]) }
        // A setting made of a field of the wrong type says nothing new.
        let known = Set(structure.map(\.path))
        list.add(judgement.filter { !known.contains($0.path) })
        if let old, let before = old["spec"] {
            checkChange(of: resource, spec, from: old, before, version: version.version, &list)
        }
        return list.findings
    }

    /// The version that a resource declares: in its own field, else by the image's tag.
    public static func declaredVersion(of resource: JSONValue) -> VerneMQVersion? {
        resource["spec"].flatMap { declaredVersion(ofSpec: $0) }
    }

    static func declaredVersion(ofSpec spec: JSONValue) -> VerneMQVersion? {
        let tags = [spec["version"], spec["tag"]].map { $0?.stringValue }
        return tags.lazy.compactMap { $0.flatMap(VerneMQVersion.init(tag:)) }.first
            ?? spec["image"]?.stringValue.flatMap(ImageReference.init)?.version ?? assumedVersion(of: spec)
    }

    /// The release whose image is taken where a resource names none. Changing it restarts the brokers of every such
    /// resource.
    public static let defaultVersion = "2.1.1"

    /// The default, where it decides: the image of a digest is of any release, and so is that of a set of the user's own.
    private static func assumedVersion(of spec: JSONValue) -> VerneMQVersion? {
        let deciding = ["image", "sha", "tag", "version", "statefulSetRef"]
        guard deciding.allSatisfy({ spec[$0].map(\.isNull) ?? true }) else { return nil }
        return VerneMQVersion(tag: defaultVersion)
    }

    /// The version by which a resource is judged.
    static func version(of spec: JSONValue) -> (version: VerneMQVersion, warning: Finding?) {
        if let text = spec["version"]?.stringValue, !text.isEmpty, VerneMQVersion(tag: text) == nil {
            return (ConfigurationSchema.newest, nil)  // that it is none has been said
        }
        return ConfigurationSchema.version(for: declaredVersion(ofSpec: spec))
    }

    /// The settings of all sources of a resource.
    static func configuration(of spec: JSONValue, configMap: JSONValue?) -> SettingsSource {
        var sources = EnvironmentSettings.read(spec["env"]?.arrayValue ?? [], at: "spec.env")
        if let text = spec["vmqConfig"]?.stringValue {
            sources =
                sources
                + SettingsSource(ConfigurationFile(parsing: text, at: "spec.vmqConfig", source: .bootConfiguration))
        }
        sources = sources + ResourceSettings.read(spec["config"] ?? .null, at: "spec.config")
        if let configMap {
            let name = configMap["metadata"]?["name"]?.stringValue ?? ""
            sources = sources + ConfigurationMap.read(configMap, prefix: "ConfigMap \(name): ")
        }
        return sources
    }

    private static func isComplete(_ spec: JSONValue, configMap: JSONValue?) -> Bool {
        spec["statefulSetRef"]?.isNull != false && (spec["configFrom"]?.isNull != false || configMap != nil)
    }

    private static func context(of spec: JSONValue, isComplete: Bool) -> ConfigurationContext {
        let image = spec["image"]?.stringValue ?? spec["baseImage"]?.stringValue
        var provided = Set(
            (spec["externalPlugins"]?.arrayValue ?? []).compactMap { $0["applicationName"]?.stringValue }
        )
        for plugin in spec["config"]?["plugins"]?.arrayValue ?? [] where plugin["path"]?.stringValue != nil {
            if let name = plugin["name"]?.stringValue { provided.insert(name) }
        }
        return ConfigurationContext(
            usesOfficialImage: image.map { ImageReference($0)?.isVerneMQ ?? false } ?? true,
            acceptsLicence: isComplete ? false : nil,
            providedPlugins: provided,
            environmentSources: Set(Setting.Source.allCases),
            isComplete: isComplete
        )
    }

    // MARK: - Names and mode

    /// The longest name of a resource: pods of its StatefulSet carry a label of that name, a hyphen and a hash.
    private static let longestName = 52

    private static func checkNames(of resource: JSONValue, _ spec: JSONValue, _ list: inout FindingList) {
        if let name = resource["metadata"]?["name"]?.stringValue, spec["statefulSetRef"]?.isNull != false {
            let beginsWithLetter = name.utf8.first.map { $0.isASCIILetter } ?? false
            if !DNSName.isLabel(name) || !beginsWithLetter {
                let remedy = "it names a Service too: \(DNSName.labelRule), and beginning with a letter"
                list.error("metadata.name", name, "not usable as the name of a cluster", remedy: remedy)
            } else if name.utf8.count > longestName {
                let problem = "too long for the names that Kubernetes makes of it"
                list.error("metadata.name", name, problem, remedy: "must have at most \(longestName) characters")
            }
        }
        list.subdomain(spec["serviceAccountName"], "spec.serviceAccountName", of: "a service account")
        list.subdomain(spec["priorityClassName"], "spec.priorityClassName", of: "a priority class")
        list.subdomain(spec["statefulSetRef"]?["name"], "spec.statefulSetRef.name", of: "a StatefulSet")
        let map = spec["configFrom"]?["configMapRef"]?["name"]
        list.subdomain(map, "spec.configFrom.configMapRef.name", of: "a ConfigMap")
        if let domain = spec["clusterDomain"]?.stringValue, !DNSName.isSubdomain(domain) {
            list.error("spec.clusterDomain", domain, "not a DNS domain", remedy: DNSName.subdomainRule)
        }
        for (field, thing) in [("secrets", "a Secret"), ("configMaps", "a ConfigMap")] {
            var seen: Set<String> = []
            for (index, entry) in (spec[field]?.arrayValue ?? []).enumerated() {
                let path = "spec.\(field)[\(index)]"
                list.subdomain(entry, path, of: thing)
                if let name = entry.stringValue, !seen.insert(name).inserted {
                    let remedy = "name it once: it is mounted under its name"
                    list.error(path, name, "stands in the list before", remedy: remedy)
                }
            }
        }
        for (index, entry) in (spec["imagePullSecrets"]?.arrayValue ?? []).enumerated() {
            list.subdomain(entry["name"], "spec.imagePullSecrets[\(index)].name", of: "a Secret")
        }
    }

    /// Fields that describe a StatefulSet which the operator makes, and do nothing to one of the user's own. (The domain
    /// of the cluster reaches that one too, by an annotation.)
    private static let workloadFields = [
        "storage", "tag", "sha", "image", "baseImage", "imagePullSecrets", "podMetadata", "securityContext",
        "containers",
        "resources", "serviceAccountName", "nodeSelector", "priorityClassName", "affinity", "tolerations",
        "dropoutPeriodSeconds", "terminationGracePeriodSeconds", "secrets", "configMaps", "vmArgs", "env",
    ]

    private static func checkMode(of spec: JSONValue, _ list: inout FindingList) {
        guard let reference = spec["statefulSetRef"], !reference.isNull else {
            if spec["size"]?.integerValue == 1 {
                list.warning(
                    "spec.size",
                    "1",
                    "a single broker is no cluster: while it restarts nobody takes its clients",
                    remedy: "use at least 2 where that matters"
                )
            }
            return
        }
        if spec["size"]?.isNull == false {
            list.error(
                "spec.size",
                "contradicts spec.statefulSetRef",
                remedy: "leave size out and scale the StatefulSet that statefulSetRef names, or remove statefulSetRef"
            )
        }
        let ignored = workloadFields.filter { spec[$0]?.isNull == false }
        if !ignored.isEmpty {
            list.warning(
                "spec.statefulSetRef",
                "the StatefulSet that it names is yours, so this changes nothing: \(ignored.joined(separator: ", "))",
                remedy: "set it in the StatefulSet, and remove it here"
            )
        }
    }

    // MARK: - Plugins and VM arguments

    private static func checkPlugins(of spec: JSONValue, _ policy: PluginPolicy, _ list: inout FindingList) {
        let path = "spec.externalPlugins"
        if let sources = spec["externalPlugins"], !sources.isNull {
            // Faults of the structure have been told with those of the whole resource.
            let told = Set(list.findings)
            list.add(PluginSource.read(sources, at: path, policy: policy).findings.filter { !told.contains($0) })
        }
        var seen: Set<String> = []
        for (index, plugin) in (spec["config"]?["plugins"]?.arrayValue ?? []).enumerated() {
            let path = "spec.config.plugins[\(index)]"
            if let name = plugin["name"]?.stringValue, !seen.insert(name).inserted {
                list.error("\(path).name", name, "stands in the list before", remedy: "name each plugin once")
            }
            if let directory = plugin["path"]?.stringValue, !directory.isEmpty, !directory.hasPrefix("/") {
                let remedy = "must be an absolute path in the broker's container"
                list.error("\(path).path", directory, "not an absolute path", remedy: remedy)
            }
            for hook in ["preStart", "postStart", "preStop", "postStop"] {
                for (number, command) in (plugin[hook]?.arrayValue ?? []).enumerated() {
                    checkCommand(command, "\(path).\(hook)[\(number)]", &list)
                }
            }
        }
    }

    /// An hour: a plugin that takes longer to start is a slip in the number.
    private static let longestCommand: Int64 = 3600

    private static func checkCommand(_ command: JSONValue, _ path: String, _ list: inout FindingList) {
        if let text = command["cmd"]?.stringValue {
            if text.allSatisfy(\.isWhitespace) {
                list.error("\(path).cmd", "an empty command", remedy: "write the command, or remove the entry")
            } else if text.utf8.contains(0) {
                list.error("\(path).cmd", "the command has a NUL character in it", remedy: "text only")
            }
        }
        if let seconds = command["timeoutSeconds"]?.integerValue, seconds > longestCommand {
            let remedy = "at most \(longestCommand) seconds: what comes after waits for it"
            list.error("\(path).timeoutSeconds", String(seconds), "out of range", remedy: remedy)
        }
    }

    private static func checkVMArguments(of spec: JSONValue, _ list: inout FindingList) {
        guard let text = spec["vmArgs"]?.stringValue, !text.allSatisfy(\.isWhitespace) else { return }
        let words = Set(text.split(whereSeparator: \.isWhitespace).map(String.init))
        for flag in ["-name", "-sname"] where words.contains(flag) {
            list.error("spec.vmArgs", flag, "the operator gives every broker its name", remedy: "remove it")
        }
        if words.contains("-setcookie") {
            let remedy = "set distributed_cookie instead"
            list.error("spec.vmArgs", "-setcookie", "the hooks take the cookie from the configuration", remedy: remedy)
        }
        list.warning(
            "spec.vmArgs",
            "takes the place of the image's vm.args, so that settings which end up there (erlang.…) do nothing",
            remedy: "use settings instead, unless there is none for what you need"
        )
    }
}
