{{/* The chart's name, as labels carry it. */}}
{{- define "vernemq-operator.name" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 63 | trimSuffix "-" }}
{{- end }}

{{/* The name of everything that the release makes: the release's own, with the chart's unless it is in there already. */}}
{{- define "vernemq-operator.fullname" -}}
{{- if .Values.fullnameOverride }}
{{- .Values.fullnameOverride | trunc 63 | trimSuffix "-" }}
{{- else if contains (include "vernemq-operator.name" .) .Release.Name }}
{{- .Release.Name | trunc 63 | trimSuffix "-" }}
{{- else }}
{{- printf "%s-%s" .Release.Name (include "vernemq-operator.name" .) | trunc 63 | trimSuffix "-" }}
{{- end }}
{{- end }}

{{/* What selects the operator's pods: never changes over a release's life, because a Deployment's selector cannot. */}}
{{- define "vernemq-operator.selectorLabels" -}}
app.kubernetes.io/name: {{ include "vernemq-operator.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- define "vernemq-operator.labels" -}}
{{ include "vernemq-operator.selectorLabels" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}
{{- end }}

{{- define "vernemq-operator.serviceAccountName" -}}
{{- if .Values.serviceAccount.create }}
{{- default (include "vernemq-operator.fullname" .) .Values.serviceAccount.name }}
{{- else }}
{{- default "default" .Values.serviceAccount.name }}
{{- end }}
{{- end }}

{{- define "vernemq-operator.image" -}}
{{- if .Values.image.digest }}
{{- printf "%s@%s" .Values.image.repository .Values.image.digest }}
{{- else }}
{{- printf "%s:%s" .Values.image.repository (default .Chart.AppVersion .Values.image.tag) }}
{{- end }}
{{- end }}

{{- define "vernemq-operator.certificateSecret" -}}
{{- default (printf "%s-tls" (include "vernemq-operator.fullname" .)) .Values.certificates.existingSecret }}
{{- end }}
