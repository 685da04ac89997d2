"""Orders by name and by budget hold every project, as that by météo does: the API sorts what is not public too."""

from django.db import migrations, models

from smartport.migrating import together

ORDERS = {
    "name_fr": ["name_fr", "project"],
    "name_en": ["name_en", "project"],
    "budget": ["-known_cost", "-project"],
}


class Migration(migrations.Migration):
    dependencies = [("projects", "0012_words_left_out")]

    operations = together(
        [
            operation
            for name, order in ORDERS.items()
            for operation in (
                migrations.RemoveIndex(model_name="projectlisting", name=f"listing_by_{name}"),
                migrations.AddIndex(
                    model_name="projectlisting",
                    index=models.Index(
                        fields=order, include=["is_public"], name=f"listing_by_{name}"
                    ),
                ),
            )
        ]
    )
