import Document
import VerneMQ

/// Makes the init containers that are injected. Every field that the API server would default is written out, so that what
/// is stored is what was rendered.
struct ContainerPlan {
    let set: StatefulSetView
    let broker: BrokerContainer
    let settings: Settings
    /// The variables that all containers of ours have.
    let environment: [JSONValue]

    /// `vernemq-prepare`, which writes the scripts to their volume and settles old state, and a builder for each plugin.
    var initContainers: [JSONValue] {
        [prepare] + settings.plugins.map(builder)
    }

    private var prepare: JSONValue {
        let scripts = ScriptLibrary.files(withPlugins: !settings.plugins.isEmpty)
        let mounts = Storage.dataMounts(of: broker)
        let inherited = EnvironmentPlan.referredTo(by: mounts, of: broker)
        var container: JSONObject = [
            "name": .string(Contract.prepareContainer),
            "image": broker.value["image"] ?? .null,
            "command": .array(ScriptLibrary.writerCommand.map(JSONValue.string)),
            "args": .array(scripts.flatMap { [.string($0.name), $0.argument] }),
        ]
        if inherited.needsSources { container["envFrom"] = .array(broker.environmentSources) }
        container["env"] = .array(inherited.env + environment)
        container["resources"] = Self.resources(cpu: "100m", memory: "64Mi")
        container["volumeMounts"] = .array(mounts + [Self.scriptsMount, Self.tokenMount])
        return finish(container, pullPolicy: broker.imagePullPolicy, securityContext: broker.value["securityContext"])
    }

    private func builder(_ plugin: PluginSource) -> JSONValue {
        let mounts = Storage.dataMounts(of: broker)
        let inherited = EnvironmentPlan.referredTo(by: mounts, of: broker)
        let image = BuilderImage.reference(for: plugin, broker: broker)
        var container: JSONObject = [
            "name": .string(Contract.builderPrefix + plugin.unitName),
            "image": .string(image),
            "command": ["/bin/sh", .string("\(Contract.scriptsDirectory)/build-plugin")],
        ]
        if inherited.needsSources { container["envFrom"] = .array(broker.environmentSources) }
        container["env"] = .array(inherited.env + environment + EnvironmentPlan.source(plugin))
        container["resources"] = Self.resources(cpu: "500m", memory: "512Mi")
        var ours = [Self.scriptsMount, Self.mount(Contract.pluginsVolume, Contract.pluginsDirectory)]
        ours.append(Self.mount(Contract.buildVolume, Contract.buildDirectory))
        if plugin.credentialsSecret != nil {
            let volume = Contract.gitVolumePrefix + plugin.unitName
            ours.append(Self.mount(volume, Contract.gitDirectory, readOnly: true))
        }
        if plugin.isReachedBySSH { ours.append(Self.userMount) }
        container["volumeMounts"] = .array(mounts + ours)
        let policy = ImageReference(image)?.defaultPullPolicy ?? "IfNotPresent"
        return finish(container, pullPolicy: policy, securityContext: builderSecurityContext)
    }

    private func finish(
        _ container: JSONObject,
        pullPolicy: String,
        securityContext: JSONValue?
    ) -> JSONValue {
        var container = container
        container["terminationMessagePath"] = "/dev/termination-log"
        container["terminationMessagePolicy"] = "FallbackToLogsOnError"
        container["imagePullPolicy"] = .string(pullPolicy)
        if let securityContext, !securityContext.isNull { container["securityContext"] = securityContext }
        return .object(container)
    }

    /// A builder runs as the user that the broker runs as, so that what it caches on the data volume is the broker's to
    /// read and to move. Where neither pod nor container says which that is, it is the user of the broker's image, which
    /// the builder's image does not know: 10000 in the official one.
    private var builderSecurityContext: JSONValue {
        var context = broker.value["securityContext"]?.objectValue ?? JSONObject()
        let pod = PodTemplateView(set.template).spec["securityContext"]
        if (context["runAsUser"] ?? pod?["runAsUser"] ?? .null).isNull {
            context["runAsUser"] = 10000
            if (context["runAsGroup"] ?? pod?["runAsGroup"] ?? .null).isNull { context["runAsGroup"] = 10000 }
        }
        return .object(context)
    }

    /// Equal requests and limits, so that a pod of guaranteed quality stays one.
    private static func resources(cpu: String, memory: String) -> JSONValue {
        let amounts: JSONValue = ["cpu": .string(cpu), "memory": .string(memory)]
        return ["limits": amounts, "requests": amounts]
    }

    /// Where the scripts and the state of this start are; the hooks write there.
    static let scriptsMount = mount(Contract.scriptsVolume, Contract.scriptsDirectory)
    /// The hooks' own token.
    static let tokenMount = mount(Contract.tokenVolume, Contract.tokenDirectory, readOnly: true)

    /// The broker's user as a user of the builder's image, which does not know it: ssh refuses to run for a user without a
    /// name. `prepare` has written the file.
    private static let userMount: JSONValue = [
        "name": .string(Contract.scriptsVolume), "readOnly": true, "mountPath": "/etc/passwd", "subPath": "passwd",
    ]

    static func mount(_ volume: String, _ path: String, readOnly: Bool = false) -> JSONValue {
        var mount: JSONValue = ["name": .string(volume)]
        if readOnly { mount["readOnly"] = true }
        mount["mountPath"] = .string(path)
        return mount
    }
}
