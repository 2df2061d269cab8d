from django.urls import path

from surveys.views import distributions, launching, releasing, switch, unsubscribe

stranger_urls = [path("u/<str:token>/", unsubscribe.unsubscribe, name="unsubscribe")]

_of = "distributions/<int:pk>/"
distribution_urls = [
    path("distributions/", distributions.distributions, name="distributions"),
    path("distributions/new/", distributions.new, name="new_distribution"),
    path(_of, launching.distribution, name="distribution"),
    path(f"{_of}audience/", distributions.audience, name="audience"),
    path(f"{_of}audience/count/", distributions.audience_count, name="audience_count"),
    path(f"{_of}message/", distributions.message, name="message"),
    path(f"{_of}letter/<str:lang>/", distributions.letter, name="letter"),
    path(f"{_of}test/", distributions.test_mail, name="test_mail"),
    path(f"{_of}considered/", distributions.considered, name="considered"),
    path(f"{_of}launch/", launching.launch, name="launch"),
    path(f"{_of}release/", releasing.release, name="release"),
    path(f"{_of}return/", releasing.send_back, name="send_back"),
    path(f"{_of}recall/", releasing.take_back, name="take_back"),
    path(f"{_of}pause/", launching.pause, name="pause"),
    path(f"{_of}resume/", launching.resume, name="resume"),
    path(f"{_of}cancel/", launching.cancel, name="cancel_distribution"),
    path(f"{_of}resend/", launching.resend, name="resend"),
    path(f"{_of}recipients/", launching.recipients, name="recipients"),
    path("senders/", switch.senders, name="senders"),
    path("senders/<int:pk>/activity/", switch.sender_activity, name="sender_activity"),
    path("sending/", switch.sending, name="sending"),
    path("sending/stop/", switch.stop_sending, name="stop_sending"),
    path("sending/release/", switch.release_sending, name="release_sending"),
]
