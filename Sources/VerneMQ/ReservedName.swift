/// Names in pods that belong to the operator.
public enum ReservedName {
    /// What every variable of ours begins with.
    public static let variablePrefix = "VMQ_OPERATOR_"
    /// The variable by which the official image takes the node's name, which the operator gives.
    public static let nodeNameVariable = "DOCKER_VERNEMQ_NODENAME"
    /// The init container that writes the hooks.
    public static let prepareContainer = "vernemq-prepare"
    /// What the names of the init containers that build plugins begin with.
    public static let builderPrefix = "vernemq-plugin-"

    /// Whether a variable is ours alone.
    public static func isVariable(_ name: String) -> Bool {
        name.hasPrefix(variablePrefix) || name == nodeNameVariable
    }

    /// Whether a container is ours.
    public static func isContainer(_ name: String) -> Bool {
        name == prepareContainer || name.hasPrefix(builderPrefix)
    }
}
