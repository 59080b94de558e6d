{{/*
One guarded resource, as one or two webhooks.

Fail closed on what is ours, and never stand in the way of a deletion: the last UPDATE of an object that is being deleted
takes its finalizers away, and a webhook that is down must not block that. Servers with matchConditions (on by default
since 1.30) exempt such objects; on older ones only CREATE fails closed, and UPDATE fails open.

Every field that the API server would default is written out, so that what is stored is what is rendered.

Takes a dict: root, name, path, group, version, resource, objectSelector, failurePolicy, mutating.
*/}}
{{- define "vernemq-operator.webhooks" -}}
{{- if semverCompare ">=1.30-0" .root.Capabilities.KubeVersion.Version }}
{{- include "vernemq-operator.webhook" (merge (dict "operations" (list "CREATE" "UPDATE") "exemptDeleted" true) .) }}
{{- else if eq .failurePolicy "Fail" }}
{{- include "vernemq-operator.webhook" (merge (dict "name" (printf "create.%s" .name) "operations" (list "CREATE")) .) }}
{{ include "vernemq-operator.webhook" (merge (dict "name" (printf "update.%s" .name) "operations" (list "UPDATE") "failurePolicy" "Ignore") .) }}
{{- else }}
{{- include "vernemq-operator.webhook" (merge (dict "operations" (list "CREATE" "UPDATE")) .) }}
{{- end }}
{{- end }}

{{- define "vernemq-operator.webhook" -}}
- name: {{ .name }}
  admissionReviewVersions: [v1]
  clientConfig:
    {{- if .root.Values.webhook.url }}
    url: {{ printf "%s%s" (trimSuffix "/" .root.Values.webhook.url) .path | quote }}
    {{- else }}
    service:
      name: {{ include "vernemq-operator.fullname" .root }}
      namespace: {{ .root.Release.Namespace }}
      path: {{ .path }}
      port: 443
    {{- end }}
    {{- with .root.Values.certificates.caBundle }}
    caBundle: {{ b64enc . }}
    {{- end }}
  failurePolicy: {{ .failurePolicy }}
  {{- if .exemptDeleted }}
  matchConditions:
    - name: not-being-deleted
      expression: "!has(object.metadata.deletionTimestamp)"
  {{- end }}
  matchPolicy: Equivalent
  namespaceSelector:
    {{- include "vernemq-operator.namespaceSelector" .root | nindent 4 }}
  objectSelector: {{- toYaml .objectSelector | nindent 4 }}
  {{- if .mutating }}
  reinvocationPolicy: IfNeeded
  {{- end }}
  rules:
    - apiGroups: [{{ .group | quote }}]
      apiVersions: [{{ .version }}]
      operations: [{{ join ", " .operations }}]
      resources: [{{ .resource }}]
      scope: Namespaced
  sideEffects: None
  timeoutSeconds: {{ .root.Values.webhook.timeoutSeconds }}
{{- end }}

{{/*
A namespace without the label kubernetes.io/metadata.name (Kubernetes 1.20 and older) is never excluded: NotIn holds for it.
*/}}
{{- define "vernemq-operator.namespaceSelector" -}}
{{- $excluded := .Values.webhook.excludedNamespaces }}
{{- if .Values.webhook.excludeReleaseNamespace }}
{{- $excluded = append $excluded .Release.Namespace | uniq }}
{{- end }}
{{- $expressions := .Values.webhook.namespaceSelector.matchExpressions }}
{{- with .Values.controllers.namespace }}
{{- $expressions = append $expressions (dict "key" "kubernetes.io/metadata.name" "operator" "In" "values" (list .)) }}
{{- end }}
{{- if $excluded }}
{{- $expressions = prepend $expressions (dict "key" "kubernetes.io/metadata.name" "operator" "NotIn" "values" $excluded) }}
{{- end }}
{{- $selector := dict }}
{{- with $expressions }}{{ $selector = set $selector "matchExpressions" . }}{{ end }}
{{- with .Values.webhook.namespaceSelector.matchLabels }}{{ $selector = set $selector "matchLabels" . }}{{ end }}
{{- toYaml $selector }}
{{- end }}

{{/*
The configurations' annotations, cert-manager's among them: what tells it where to take the authority from.
*/}}
{{- define "vernemq-operator.webhookAnnotations" -}}
{{- include "vernemq-operator.checkCertificates" . }}
{{- $certificates := .Values.certificates }}
{{- $own := dict }}
{{- with $certificates.certManager.injectCAFrom }}
{{- $own = dict "cert-manager.io/inject-ca-from" . }}
{{- end }}
{{- if eq $certificates.mode "cert-manager" }}
{{- $own = dict "cert-manager.io/inject-ca-from" (printf "%s/%s" .Release.Namespace (include "vernemq-operator.fullname" .)) }}
{{- end }}
{{- include "vernemq-operator.annotations" (list . $own .Values.webhook.annotations) }}
{{- end }}

{{/* A word with those whose values contradict each other. */}}
{{- define "vernemq-operator.checkCertificates" -}}
{{- $certificates := .Values.certificates }}
{{- $brought := or $certificates.caBundle $certificates.certManager.injectCAFrom $certificates.existingSecret }}
{{- if eq $certificates.mode "self" }}
{{- if $brought }}
{{- fail "certificates.existingSecret, caBundle and certManager.injectCAFrom are for certificates.mode=files: set it, or leave them out and the operator makes its own" }}
{{- end }}
{{- else if eq $certificates.mode "cert-manager" }}
{{- if $brought }}
{{- fail "certificates.existingSecret, caBundle and certManager.injectCAFrom are for certificates.mode=files: with cert-manager the chart sees to all of them" }}
{{- end }}
{{- if .Values.webhook.url }}
{{- fail "certificates.mode=cert-manager makes a certificate for the Service, and webhook.url is another address: use certificates.mode=files" }}
{{- end }}
{{- else if and $certificates.caBundle $certificates.certManager.injectCAFrom }}
{{- fail "certificates.caBundle and certificates.certManager.injectCAFrom exclude each other: give one of them" }}
{{- else if not (or $certificates.caBundle $certificates.certManager.injectCAFrom .Values.webhook.url) }}
{{- fail "certificates.caBundle is empty: give the authority of the operator's certificate (--set-file certificates.caBundle=ca.crt; `vernemq-operator certs` makes both), or certificates.certManager.injectCAFrom, or leave it all to the operator with certificates.mode=self" }}
{{- end }}
{{- end }}
