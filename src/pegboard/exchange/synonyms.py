"""Other names under which planners and their systems know the columns of the factory files.

Case, spaces, hyphens and underscores in a header never matter. A name is listed only where it says the
unit too, or needs none: `lead_days` is, a bare `lead_time` or `setup` is not.
"""

import unicodedata
from functools import cache

from pegboard.exchange.schema import factory_file

# Column: other names, for every file that has the column.
EVERYWHERE: dict[str, str] = {
    "item": "item_id item_code item_no item_number part part_id part_no part_number product product_id product_code "
    "article article_no material material_no sku production_item artikel artikelnummer artikel_nr art_nr "
    "teil teilenummer materialnummer sachnummer",
    "name": "description item_name product_name title bezeichnung beschreibung benennung",
    "uom": "unit unit_of_measure stock_uom uom_id einheit mengeneinheit",
    "qty": "quantity amount order_qty ordered_qty product_qty menge anzahl stückzahl stueckzahl",
    "resource": "resource_id work_center work_centre workcenter_id work_center_id workstation machine machine_id "
    "arbeitsplatz maschine ressource",
    "step": "seq sequence op_seq op op_no operation_no operation_number step_no arbeitsgang ag arbeitsgang_nr",
    "setup_min": "setup_minutes setup_time_min rüstzeit_min ruestzeit_min rüsten_min",
    "run_min": "run_min_per_unit run_minutes run_time_min run_min_per_piece minutes_per_unit min_per_unit cycle_min "
    "time_cycle_manual stückzeit_min stueckzeit_min",
    "queue_min": "queue_minutes queue_time_min liegezeit_min",
    "move_min": "move_minutes move_time_min transportzeit_min",
    "wait_min": "wait_minutes wait_time_min cure_min wartezeit_min",
    "transfer_qty": "transfer_batch transfer_batch_qty transfer_lot",
    "lead_time_days": "lead_days leadtime_days lead_time_in_days lieferzeit_tage wiederbeschaffungszeit_tage",
    "min_qty": "moq minimum_qty minimum_order_qty min_order_qty mindestmenge mindestbestellmenge",
    "multiple": "order_multiple lot_multiple qty_multiple multiple_qty vielfaches",
    "max_qty": "max_lot max_lot_size maximum_qty höchstmenge",
    "yield": "yield_factor ausbeute",
    "unit_cost": "standard_cost cost_per_unit standardpreis",
    "price": "unit_price list_price sales_price preis",
    "decimals": "precision decimal_places nachkommastellen",
    "calendar": "calendar_id resource_calendar_id kalender",
    "capacity": "units capacity_units number_of_units kapazität kapazitaet",
    "cost_per_hour": "cost_hour hour_rate costs_hour hourly_rate stundensatz",
    "group": "groups resource_group group_id pool gruppe",
    "efficiency": "efficiency_factor wirkungsgrad",
    "changeover": "setup_matrix setup_matrix_id matrix matrix_id changeover_matrix rüstmatrix",
    "supplier": "supplier_id vendor vendor_id supplier_code partner lieferant lieferanten_nr",
    "customer": "customer_id customer_code client kunde kunden_nr kundennummer",
    "order": "order_id order_no order_number so so_id so_no sales_order sales_order_no auftrag auftrag_nr "
    "auftragsnummer kundenauftrag",
    "line": "line_no line_number position pos position_no pos_nr",
    "po": "po_no po_id po_number purchase_order purchase_order_no bestellung bestellnummer",
    "wo": "wo_no wo_id wo_number work_order work_order_no production_order fertigungsauftrag",
    "due": "due_date requested requested_date request_date delivery_date need_date wanted commitment_date "
    "expected_delivery_date liefertermin termin wunschtermin fällig faellig",
    "promised": "promised_date promise_date confirmed_date bestätigt bestätigter_termin",
    "earliest": "earliest_date not_before frühestens",
    "entered": "entered_date order_date entry_date created auftragsdatum bestelldatum erfasst",
    "priority": "prio priorität prioritaet",
    "received_qty": "received qty_received received_quantity geliefert",
    "completed_qty": "completed produced produced_qty qty_produced completed_quantity gefertigt",
    "scrapped_qty": "scrapped scrap_qty process_loss_qty ausschuss",
    "shipped_qty": "shipped delivered_qty qty_delivered ausgeliefert",
    "lot": "lot_no lot_number batch_no charge chargennummer",
    "expires": "expiry expiry_date expiration_date best_before mhd",
    "weekday": "weekdays day days wochentag tag",
    "start": "start_time start_date begin beginn von",
    "end": "end_time end_date finish ende bis",
    "reason": "cause_text comment grund bemerkung",
    "status": "state zustand",
    "date": "day_date datum",
    "from": "from_family from_uom von",
    "to": "to_family to_uom bis nach",
    "minutes": "setup_min changeover_min duration_min minuten",
    "parent": "parent_item parent_id parent_item_id assembly assembly_id baugruppe",
    "component": "component_item component_id component_item_id child child_item komponente einzelteil",
    "qty_per": "qty_per_unit quantity_per qty_per_parent",
    "per_qty": "base_qty base_quantity basismenge",
    "valid_from": "effective_from valid_from_date gültig_ab gueltig_ab",
    "valid_to": "effective_to valid_until valid_to_date gültig_bis gueltig_bis",
    "order_cycle_days": "cycle cycle_days order_cycle",
    "spike_horizon_days": "spike_h spike_horizon",
    "spike_threshold": "spike_t",
}

# Names that mean this column in one file only; they win over the table above.
IN_FILE: dict[str, dict[str, str]] = {
    "items": {"item": "id code", "supply": "procurement_type make_buy procurement", "policy": "stocking_policy"},
    "bom": {"qty_per": "qty quantity product_qty menge", "step": "operation_id op_id"},
    "resources": {"resource": "id code", "kind": "type resource_type art"},
    "calendars": {"start": "from", "end": "to"},
    "calendar_exceptions": {"start": "from", "end": "to"},
    "downtime": {"start": "from", "end": "to"},
    "buffer_adjustments": {"start": "from", "end": "to"},
    "item_suppliers": {"lead_time_days": "delay"},
    "stock": {"qty": "on_hand onhand quantity_on_hand bestand lagerbestand"},
    "work_order_steps": {"started": "actual_start", "finished": "actual_end"},
}


def squash(header: str) -> str:
    """A header without what never matters: case, spaces, hyphens, underscores, other signs."""
    return "".join(c for c in unicodedata.normalize("NFKC", header).casefold() if c.isalnum())


@cache
def known_headers(file: str) -> dict[str, str]:
    """Squashed column names of a file, to the column."""
    return {squash(c.column): c.column for c in factory_file(file).columns}


@cache
def other_names(file: str) -> dict[str, str]:
    """Squashed synonyms for the columns of a file, to the column; never the name of another column of the file."""
    own = known_headers(file)
    found: dict[str, str] = {}
    for table in (EVERYWHERE, IN_FILE.get(file, {})):
        for column, names in table.items():
            if squash(column) in own:
                found.update((squash(name), column) for name in names.split() if squash(name) not in own)
    return found
