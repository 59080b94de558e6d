/// What is said of settings that wait for a restart.
public enum RestartAdvice {
    /// Says which they are, and how the restart comes about.
    ///
    /// - Parameters:
    ///   - keys: the settings.
    ///   - statefulSet: the name of the brokers' set.
    ///   - namespace: its namespace, if it is to be named.
    ///   - isRolling: whether the operator restarts the brokers.
    public static func sentence(
        _ keys: [String],
        statefulSet: String,
        namespace: String?,
        isRolling: Bool
    ) -> String {
        let place = namespace.map { " --namespace \($0)" } ?? ""
        let command = "kubectl rollout restart statefulset \(statefulSet)\(place)"
        let how = isRolling ? "brokers restart one by one" : command
        return "\(keys.joined(separator: ", ")) take effect after a restart: \(how)."
    }
}
