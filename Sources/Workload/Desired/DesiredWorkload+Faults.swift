public import VerneMQ

extension DesiredWorkload {
    /// The same without what must not be written while the resource has errors, as one has that was stored while no webhook
    /// was there: settings that a broker does not start with stay out of the boot Secret, and a set that would start with
    /// none of them is not made. With any other error, nothing is written.
    ///
    /// - Parameters:
    ///   - findings: the judgement of the resource.
    ///   - isThere: whether there is a StatefulSet, which goes on with the Secret that it has.
    public func holdingBack(for findings: [Finding], isThere: Bool) -> DesiredWorkload {
        let errors = findings.filter { $0.severity == .error }
        guard !errors.isEmpty else { return self }
        let isOnlyConfiguration = errors.allSatisfy { error in
            ["spec.config", "spec.vmqConfig", "ConfigMap "].contains { error.path.hasPrefix($0) }
        }
        let objects = isOnlyConfiguration && isThere ? self.objects.filter { $0.role != .bootConfiguration } : []
        return DesiredWorkload(
            objects: objects,
            findings: self.findings + errors.filter { !self.findings.contains($0) },
            withheld: withheld
        )
    }
}
