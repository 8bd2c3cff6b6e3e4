"""The routes of the two stock services, by the names that clients know."""

from django.urls import path, re_path

from api.otrs import links
from api.otrs.creating import create_ticket
from api.otrs.door import no_such_route, route
from api.otrs.history import show_history
from api.otrs.searching import search_tickets
from api.otrs.sessions import create_session, remove_session, show_session
from api.otrs.showing import show_tickets
from api.otrs.updating import update_ticket
from api.parsers import MAX_BODY

TICKETS, LINKS = "Webservice/GenericTicketConnectorREST", "Webservice/GenericLinkConnectorREST"

app_name = "otrs"
urlpatterns = [
    path(f"{TICKETS}/Session", route(POST=create_session), name="session_create"),
    path(f"{TICKETS}/Session/<str:SessionID>", route(GET=show_session, DELETE=remove_session), name="session"),
    path(f"{TICKETS}/Ticket", route(MAX_BODY, POST=create_ticket, GET=search_tickets), name="tickets"),
    path(f"{TICKETS}/Ticket/<str:TicketID>", route(MAX_BODY, GET=show_tickets, PATCH=update_ticket), name="ticket"),
    path(f"{TICKETS}/TicketList", route(GET=show_tickets), name="ticket_list"),
    path(f"{TICKETS}/TicketSearch", route(POST=search_tickets), name="search"),
    path(f"{TICKETS}/TicketHistory/<str:TicketID>", route(GET=show_history), name="history"),
    path(f"{LINKS}/LinkAdd", route(POST=links.add_link), name="link_add"),
    path(f"{LINKS}/LinkDelete", route(DELETE=links.remove_link), name="link_delete"),
    path(f"{LINKS}/LinkDeleteAll", route(DELETE=links.remove_links), name="link_delete_all"),
    path(f"{LINKS}/LinkList", route(GET=links.list_links), name="link_list"),
    path(f"{LINKS}/PossibleLinkList", route(GET=links.possible_links), name="possible_links"),
    path(f"{LINKS}/PossibleObjectsList", route(GET=links.possible_objects), name="possible_objects"),
    path(f"{LINKS}/PossibleTypesList", route(GET=links.possible_types), name="possible_types"),
    re_path(r"^.*$", no_such_route, name="no_such_route"),
]
