import VerneMQ

/// Names, paths and numbers of what is injected: contract version 1, which the scripts rely on as well.
///
/// What version 1 adds, wraps and names may only change together with the version, because `strip` must be able to take
/// out what any released version has put in.
enum Contract {
    static let version: Int64 = 1

    /// The directory of the official image that holds all state.
    static let dataDirectory = "/vernemq/data"
    static let configurationDirectory = "/vernemq/etc"

    static let scriptsVolume = "vernemq-operator"
    static let scriptsDirectory = "/vernemq-operator"
    static let tokenVolume = "vernemq-operator-token"
    static let tokenDirectory = "/var/run/secrets/vernemq-operator"
    static let pluginsVolume = "vernemq-operator-plugins"
    static let pluginsDirectory = "/vernemq-operator-plugins"
    static let buildVolume = "vernemq-operator-build"
    static let buildDirectory = "/vernemq-operator-build"
    static let gitVolumePrefix = "vernemq-operator-git-"
    static let gitDirectory = "/var/run/secrets/vernemq-operator-git"

    static let prepareContainer = ReservedName.prepareContainer
    static let builderPrefix = ReservedName.builderPrefix

    static let environmentPrefix = ReservedName.variablePrefix
    static let nodeNameVariable = ReservedName.nodeNameVariable
    static let pluginVariablePrefix = "DOCKER_VERNEMQ_PLUGINS__"
    /// The one variable that users share with us: the official image wants it, and their manifests often bring it.
    static let podNameVariable = "MY_POD_NAME"

    static let bootSecretSuffix = "-vernemq-boot"

    /// Seconds between two looks of the gate.
    static let gatePeriod: Int64 = 5
    /// Seconds that one look of the gate may take.
    static let gateTimeout: Int64 = 10
    /// What a pod's grace period must hold beyond the time for leaving: the decision before, the plain stop after.
    static let graceMargin = 60
    /// The grace of a broker that its liveness probe has found hanging: time to stop, not time to leave.
    static let livenessGrace: Int64 = 60

    /// Every volume that is ours has such a name.
    static func isReservedVolume(_ name: String) -> Bool {
        name == scriptsVolume || name.hasPrefix(scriptsVolume + "-")
    }

    /// Every container that is ours has such a name.
    static func isReservedContainer(_ name: String) -> Bool {
        ReservedName.isContainer(name)
    }

    /// Every variable that is ours alone has such a name.
    static func isReservedVariable(_ name: String) -> Bool {
        ReservedName.isVariable(name)
    }

    /// Every mount of ours is at such a path; nothing of anybody else's may be there or below.
    static func isReservedMountPath(_ path: String) -> Bool {
        [scriptsDirectory, tokenDirectory, pluginsDirectory, buildDirectory, gitDirectory].contains {
            path.isPath(atOrBelow: $0)
        }
    }
}

extension String {
    /// Whether this absolute path is `ancestor` or lies below it; slashes at the end do not matter.
    func isPath(atOrBelow ancestor: String) -> Bool {
        let path = withoutTrailingSlashes
        let ancestor = ancestor.withoutTrailingSlashes
        return path == ancestor || path.hasPrefix(ancestor == "/" ? "/" : ancestor + "/")
    }

    var withoutTrailingSlashes: String {
        var text = self
        while text.count > 1, text.hasSuffix("/") { text.removeLast() }
        return text
    }
}
