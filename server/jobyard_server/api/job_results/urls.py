from __future__ import annotations

from django.urls import path

from jobyard_server.api.job_results.endpoints import ResultCancel, ResultDetail, ResultList
from jobyard_server.api.job_results.export import LogExport
from jobyard_server.api.job_results.files import FileOfResult, FilesOfResult
from jobyard_server.api.job_results.logs import LogDetail, LogList, LogsOfResult
from jobyard_server.api.job_results.provenance import ResultAgain, ResultProvenance
from jobyard_server.api.job_results.stream import ResultStream

urlpatterns = [
    path("job-results/", ResultList.as_view()),
    path("job-results/<uuid:pk>/", ResultDetail.as_view()),
    path("job-results/<uuid:pk>/logs/", LogsOfResult.as_view()),
    path("job-results/<uuid:pk>/logs.<str:kind>", LogExport.as_view(), name="log_export"),
    path("job-results/<uuid:pk>/files/", FilesOfResult.as_view()),
    path("job-results/<uuid:pk>/files/<uuid:file_pk>/", FileOfResult.as_view(), name="output_file"),
    path("job-results/<uuid:pk>/stream/", ResultStream.as_view(), name="result_stream"),
    path("job-results/<uuid:pk>/provenance/", ResultProvenance.as_view(), name="result_provenance"),
    path("job-results/<uuid:pk>/again/", ResultAgain.as_view()),
    path("job-results/<uuid:pk>/cancel/", ResultCancel.as_view()),
    path("job-logs/", LogList.as_view()),
    path("job-logs/<uuid:pk>/", LogDetail.as_view()),
]
