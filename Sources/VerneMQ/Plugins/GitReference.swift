/// Names of branches and tags, by the rules of `git check-ref-format`.
enum GitReference {
    /// What is wrong with a name, nil if git would accept it.
    static func fault(in name: String) -> PluginSource.Fault? {
        let remedy = "must be a name that git check-ref-format accepts, such as main or 1.2.0"
        guard !name.isEmpty, name.utf8.count <= 250 else { return PluginSource.Fault("empty or too long", remedy) }
        if name.hasPrefix("-") { return PluginSource.Fault("git would take it for an option", remedy) }
        let forbidden = Array(" ~^:?*[\\".utf8)
        guard name.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F && !forbidden.contains($0) }) else {
            return PluginSource.Fault("has a character that git does not allow", remedy)
        }
        let parts = name.split(separator: "/", omittingEmptySubsequences: false)
        let isUsable =
            name != "@" && !name.contains("..") && !name.contains("@{") && !name.hasSuffix(".")
            && parts.allSatisfy { !$0.isEmpty && !$0.hasPrefix(".") && !$0.hasSuffix(".lock") }
        return isUsable ? nil : PluginSource.Fault("not a name that git allows", remedy)
    }
}
